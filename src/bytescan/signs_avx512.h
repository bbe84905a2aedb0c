/* Where the signs of JSON stand, at a stroke: AVX-512 compares 64 bytes to bits. */

#include <immintrin.h>
#include <stdint.h>

#include "records.h"

TARGET static inline uint64_t bits_of(__m512i bytes, char sign)
{
    return _cvtmask64_u64(_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(sign)));
}

TARGET static inline Signs signs_in(const uint8_t *bytes)
{
    __m512i block = _mm512_loadu_si512(bytes);
    /* With this bit `[` is `{`, and `]` is `}`. */
    __m512i brackets = _mm512_or_si512(block, _mm512_set1_epi8(0x20));
    return (Signs){bits_of(block, '"'), bits_of(block, '\\'), bits_of(brackets, '{'),
                   bits_of(brackets, '}')};
}
