/* What the parts of the Python module share.

They keep to the stable ABI of Python 3.11, so that one build serves all later versions. The bytes
that are looked at belong to the caller, who may change them meanwhile in another thread: nothing
trusts them to stay the same between two looks. */

#ifndef BINDING_H
#define BINDING_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#include "processor.h"

/* The type of a finder. */
extern PyType_Spec finder_spec;

/* Give the kernel of a name, or the fastest; NULL with an exception where none is called so. */
const Kernel *kernel_for(const char *name);

/* Make a tuple of two whole numbers. */
PyObject *pair_of(uint64_t first, uint64_t second);

#endif
