#if defined(__x86_64__)

#include "blocks_avx2.h"
#include "signs.h"
#include "windows.h"

#include "kernels.h"

#endif
