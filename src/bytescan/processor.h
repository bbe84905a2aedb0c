/* Which kernels run on this processor. */

#ifndef PROCESSOR_H
#define PROCESSOR_H

#include "kernel_names.h"

typedef struct {
    const char *name;
    Find *find;
    RecordEnds *record_ends;
    Holds *holds;
} Kernel;

/* Give the kernel at a place, the fastest first; NULL behind the last. */
const Kernel *kernel_at(int place);

/* Give the kernel of a name, or the fastest without one; NULL where none is called so. */
const Kernel *kernel_called(const char *name);

#endif
