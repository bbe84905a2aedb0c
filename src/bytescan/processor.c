#include "processor.h"

#include <stddef.h>
#include <string.h>

#define KERNEL_WITH(registers)                                                                     \
    {#registers, find_##registers, record_ends_##registers, holds_##registers}

static const Kernel plain = KERNEL_WITH(plain);

#if defined(__x86_64__)

static const Kernel avx512 = KERNEL_WITH(avx512), avx2 = KERNEL_WITH(avx2);

const Kernel *kernel_at(int place)
{
    const Kernel *found[3] = {NULL, NULL, NULL};
    int count = 0;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul")) {
        if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512vbmi"))
            found[count++] = &avx512;
        found[count++] = &avx2;
    }
    found[count++] = &plain;
    return place < count ? found[place] : NULL;
}

#elif defined(__aarch64__)

static const Kernel neon = KERNEL_WITH(neon);

const Kernel *kernel_at(int place)
{
    return place == 0 ? &neon : place == 1 ? &plain : NULL;
}

#else

const Kernel *kernel_at(int place)
{
    return place == 0 ? &plain : NULL;
}

#endif

const Kernel *kernel_called(const char *name)
{
    const Kernel *kernel;
    for (int place = 0; (kernel = kernel_at(place)) != NULL; place++)
        if (!name || strcmp(name, kernel->name) == 0)
            return kernel;
    return NULL;
}
