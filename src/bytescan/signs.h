/* Where the signs of JSON stand, in two blocks. */

#include <stdint.h>

#include "finder.h"
#include "records.h"

TARGET static inline Signs signs_in(const uint8_t *bytes)
{
    const Block quote = block_of('"'), backslash = block_of('\\'), no_case = block_of(0x20);
    const Block opening = block_of('{'), closing = block_of('}');
    Signs signs = {0, 0, 0, 0};
    for (int half = 0; half < 2; half++) {
        Block block = block_load(bytes + half * BLOCK_BYTES);
        /* With this bit `[` is `{`, and `]` is `}`. */
        Block brackets = block_or(block, no_case);
        int shift = half * BLOCK_BYTES;
        signs.quotes |= (uint64_t)block_bits(block_equal(block, quote)) << shift;
        signs.backslashes |= (uint64_t)block_bits(block_equal(block, backslash)) << shift;
        signs.opening |= (uint64_t)block_bits(block_equal(brackets, opening)) << shift;
        signs.closing |= (uint64_t)block_bits(block_equal(brackets, closing)) << shift;
    }
    return signs;
}
