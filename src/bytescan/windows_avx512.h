/* Where windows may begin, 64 places at once: AVX-512 looks up a byte in a table of 128 at a stroke.

The highest bit of a byte is left out, so that a byte beyond ASCII looks like one in it. That is
asked for nothing now and then, and nothing is missed. */

#include <immintrin.h>
#include <stdint.h>

#include "finder.h"

enum { WINDOWS_REACH = STEP + WINDOW - 1 };

typedef struct {
    __m512i low[WINDOW], high[WINDOW];
} Windows;

TARGET static inline void windows_of(Windows *windows, const Finder *finder)
{
    for (int place = 0; place < WINDOW; place++) {
        windows->low[place] = _mm512_loadu_si512(finder->buckets[place]);
        windows->high[place] = _mm512_loadu_si512(finder->buckets[place] + 64);
    }
}

TARGET static inline void windows_begin(Windows *windows, const uint8_t *bytes)
{
    (void)windows;
    (void)bytes;
}

/* Give a bit for each of 64 places at which a window may begin. */
TARGET static inline uint64_t windows_next(Windows *windows, const uint8_t *bytes)
{
    __m512i buckets[WINDOW];
    for (int place = 0; place < WINDOW; place++)
        buckets[place] = _mm512_permutex2var_epi8(windows->low[place],
                                                  _mm512_loadu_si512(bytes + place),
                                                  windows->high[place]);
    __m512i three = _mm512_and_si512(_mm512_and_si512(buckets[0], buckets[1]), buckets[2]);
    return _cvtmask64_u64(_mm512_test_epi8_mask(three, buckets[3]));
}
