#include "blocks_plain.h"
#include "signs.h"
#include "windows.h"

#include "kernels.h"
