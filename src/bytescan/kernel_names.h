/* The kernels: the same loops, for the registers that a processor has. */

#ifndef KERNEL_NAMES_H
#define KERNEL_NAMES_H

#include "finder.h"
#include "records.h"

/* Tell whether a text holds bytes, two or more, from an offset on. */
typedef bool Holds(const uint8_t *text, size_t size, size_t start, const uint8_t *bytes,
                   size_t count);

#define KERNEL_OF(registers)                                                                       \
    Find find_##registers;                                                                         \
    RecordEnds record_ends_##registers;                                                            \
    Holds holds_##registers

KERNEL_OF(plain);
#if defined(__x86_64__)
KERNEL_OF(avx2);
KERNEL_OF(avx512);
#elif defined(__aarch64__)
KERNEL_OF(neon);
#endif

#endif
