/* The Python module trailbell.engine.bytescan; src/trailbell/engine/bytescan.pyi describes it. */

#include "binding.h"

#include <stdbool.h>
#include <stdlib.h>

#include "entries.h"
#include "records.h"

const Kernel *kernel_for(const char *name)
{
    const Kernel *kernel = kernel_called(name);
    if (!kernel)
        PyErr_Format(PyExc_ValueError, "no kernel of this processor is called \"%s\"", name);
    return kernel;
}

PyObject *pair_of(uint64_t first, uint64_t second)
{
    PyObject *one = PyLong_FromUnsignedLongLong(first);
    PyObject *other = one ? PyLong_FromUnsignedLongLong(second) : NULL;
    PyObject *pair = other ? PyTuple_Pack(2, one, other) : NULL;
    Py_XDECREF(one);
    Py_XDECREF(other);
    return pair;
}

/* --- Records --------------------------------------------------------------------------------- */

static PyObject *record_ends(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "start", "kernel", NULL};
    Py_buffer view;
    Py_ssize_t start;
    const char *name = NULL;
    (void)module;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*n|$z", names, &view, &start, &name))
        return NULL;
    const Kernel *kernel = kernel_for(name);
    if (!kernel) {
        PyBuffer_Release(&view);
        return NULL;
    }
    if (start < 0 || start > view.len) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "start is not within the data");
        return NULL;
    }
    Ends ends = {0};
    RecordsOutcome outcome;
    Py_BEGIN_ALLOW_THREADS
    outcome = kernel->record_ends(view.buf, (size_t)view.len, (size_t)start, &ends);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    PyObject *found = NULL;
    if (outcome == RECORDS_NO_MEMORY)
        PyErr_NoMemory();
    else if (outcome == RECORDS_ELSEWHERE)
        found = Py_NewRef(Py_None);
    else
        found = PyBytes_FromStringAndSize((const char *)ends.items,
                                          (Py_ssize_t)(ends.count * sizeof *ends.items));
    free(ends.items);
    return found;
}

/* --- Entries ---------------------------------------------------------------------------------- */

static PyObject *entry_of(PyObject *module, PyObject *args)
{
    Py_buffer view;
    Py_ssize_t start, offset;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*nn", &view, &start, &offset))
        return NULL;
    if (start < 0 || offset <= start || offset > view.len || view.len < 2) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "the offset is not within the entries");
        return NULL;
    }
    Entry entry = entry_around(view.buf, (size_t)view.len, (size_t)start, (size_t)offset);
    PyBuffer_Release(&view);
    return pair_of(entry.start, entry.end);
}

/* --- A few bytes ------------------------------------------------------------------------------ */

static PyObject *holds(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "needle", "start", "kernel", NULL};
    Py_buffer view;
    const char *needle, *name = NULL;
    Py_ssize_t count, start;
    (void)module;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*y#n|$z", names, &view, &needle, &count,
                                     &start, &name))
        return NULL;
    const Kernel *kernel = kernel_for(name);
    bool found = false;
    if (kernel && (count < 2 || start < 0 || start > view.len)) {
        PyErr_SetString(PyExc_ValueError, "the needle is too short, or start is not within");
        kernel = NULL;
    }
    if (kernel) {
        Py_BEGIN_ALLOW_THREADS
        found = kernel->holds(view.buf, (size_t)view.len, (size_t)start, (const uint8_t *)needle,
                              (size_t)count);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&view);
    return kernel ? PyBool_FromLong(found) : NULL;
}

/* --- The module ------------------------------------------------------------------------------ */

static int add_kernels(PyObject *module)
{
    PyObject *list = PyList_New(0);
    int failed = list ? 0 : -1;
    for (int place = 0; failed == 0 && kernel_at(place); place++) {
        PyObject *name = PyUnicode_FromString(kernel_at(place)->name);
        failed = name ? PyList_Append(list, name) : -1;
        Py_XDECREF(name);
    }
    PyObject *tuple = failed == 0 ? PyList_AsTuple(list) : NULL;
    failed = tuple ? PyModule_AddObjectRef(module, "KERNELS", tuple) : -1;
    Py_XDECREF(list);
    Py_XDECREF(tuple);
    return failed;
}

static int module_exec(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &finder_spec, NULL);
    if (!type)
        return -1;
    int failed = PyModule_AddType(module, (PyTypeObject *)type);
    Py_DecRef(type);
    return failed < 0 ? -1 : add_kernels(module);
}

static PyMethodDef module_methods[] = {
    {"record_ends", (PyCFunction)(void (*)(void))record_ends, METH_VARARGS | METH_KEYWORDS,
     "Find where the records of a list end."},
    {"entry_around", entry_of, METH_VARARGS, "Find the entry of a payload that holds a byte."},
    {"holds", (PyCFunction)(void (*)(void))holds, METH_VARARGS | METH_KEYWORDS,
     "Tell whether bytes hold others."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
    {0, NULL},
};

static PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "bytescan",
    .m_doc = "Find what rules need in many bytes, fast.",
    .m_methods = module_methods,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit_bytescan(void)
{
    return PyModuleDef_Init(&module_definition);
}
