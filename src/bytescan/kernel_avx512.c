#if defined(__x86_64__)

#define KERNEL(name) name##_avx512
#define TARGET                                                                                     \
    __attribute__((target("avx2,bmi,popcnt,pclmul,avx512f,avx512bw,avx512vl,avx512vbmi")))

#include "blocks_avx2.h"
#include "signs_avx512.h"
#include "windows_avx512.h"

#include "kernels.h"

#endif
