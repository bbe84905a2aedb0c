/* Where windows may begin, 64 places at once, by the two halves of each byte. */

#include <stdint.h>

#include "finder.h"

enum { WINDOWS_REACH = STEP + BLOCK_BYTES + 1 };

/* For each place of a block, the buckets of the windows whose first two bytes may stand there, and
of those whose last two may. */
typedef struct {
    Block first, last;
} Pairs;

/* The tables of a finder, and the pairs of the block that comes next. */
typedef struct {
    Block low[WINDOW], high[WINDOW];
    Pairs pairs;
} Windows;

TARGET static inline void windows_of(Windows *windows, const Finder *finder)
{
    for (int place = 0; place < WINDOW; place++) {
        windows->low[place] = block_table(finder->low[place]);
        windows->high[place] = block_table(finder->high[place]);
    }
}

TARGET static inline Pairs pairs_in(const Windows *windows, const uint8_t *bytes)
{
    Block pairs[2] = {block_of(255), block_of(255)};
    for (int place = 0; place < 2; place++) {
        Block block = block_load(bytes + place);
        Block low = block_low_halves(block), high = block_high_halves(block);
        for (int pair = 0; pair < 2; pair++) {
            const int byte = 2 * pair + place;
            Block found = block_and(block_look_up(windows->low[byte], low),
                                    block_look_up(windows->high[byte], high));
            pairs[pair] = block_and(pairs[pair], found);
        }
    }
    return (Pairs){pairs[0], pairs[1]};
}

TARGET static inline void windows_begin(Windows *windows, const uint8_t *bytes)
{
    windows->pairs = pairs_in(windows, bytes);
}

/* Give a bit for each of 64 places at which a window may begin. These follow those of the last
call, or of windows_begin. */
TARGET static inline uint64_t windows_next(Windows *windows, const uint8_t *bytes)
{
    uint64_t bits = 0;
    for (int half = 0; half < STEP / BLOCK_BYTES; half++) {
        Pairs next = pairs_in(windows, bytes + (half + 1) * BLOCK_BYTES);
        Block last = block_two_behind(windows->pairs.last, next.last);
        bits |= (uint64_t)block_set(block_and(windows->pairs.first, last)) << half * BLOCK_BYTES;
        windows->pairs = next;
    }
    return bits;
}
