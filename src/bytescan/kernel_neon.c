#if defined(__aarch64__)

#include "blocks_neon.h"
#include "signs.h"
#include "windows.h"

#include "kernels.h"

#endif
