/* Blocks of 32 bytes in the registers of AVX2, which every x86 server of the last ten years has. */

#include <immintrin.h>
#include <stdint.h>

#ifndef TARGET
#define KERNEL(name) name##_avx2
#define TARGET __attribute__((target("avx2,bmi,popcnt,pclmul")))
#endif

typedef __m256i Block;

TARGET static inline Block block_load(const uint8_t *bytes)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

TARGET static inline Block block_of(uint8_t byte)
{
    return _mm256_set1_epi8((char)byte);
}

TARGET static inline Block block_equal(Block one, Block other)
{
    return _mm256_cmpeq_epi8(one, other);
}

TARGET static inline Block block_and(Block one, Block other)
{
    return _mm256_and_si256(one, other);
}

TARGET static inline Block block_or(Block one, Block other)
{
    return _mm256_or_si256(one, other);
}

/* A table of 16 bytes, for block_look_up. */
TARGET static inline Block block_table(const uint8_t *bytes)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

/* Give for each byte, of 0 to 15, what the table has for it. */
TARGET static inline Block block_look_up(Block table, Block block)
{
    return _mm256_shuffle_epi8(table, block);
}

TARGET static inline Block block_low_halves(Block block)
{
    return _mm256_and_si256(block, _mm256_set1_epi8(15));
}

TARGET static inline Block block_high_halves(Block block)
{
    return block_low_halves(_mm256_srli_epi16(block, 4));
}

/* Give the block that begins two bytes behind the beginning of the first of two. */
TARGET static inline Block block_two_behind(Block first, Block second)
{
    return _mm256_alignr_epi8(_mm256_permute2x128_si256(first, second, 0x21), first, 2);
}

/* Give a bit for each byte that is not zero. */
TARGET static inline uint32_t block_set(Block block)
{
    return ~(uint32_t)_mm256_movemask_epi8(block_equal(block, _mm256_setzero_si256()));
}

/* Give a bit for each byte that block_equal found equal. */
TARGET static inline uint32_t block_bits(Block equal)
{
    return (uint32_t)_mm256_movemask_epi8(equal);
}

/* Give for each bit whether an odd number of bits is set up to it, and with it. */
TARGET static inline uint64_t odd_so_far(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}
