/* Blocks of 32 bytes in two registers of NEON, which every 64-bit ARM processor has. */

#include <arm_neon.h>
#include <stdint.h>

#define KERNEL(name) name##_neon
#define TARGET

typedef struct {
    uint8x16_t first, second;
} Block;

static inline Block block_load(const uint8_t *bytes)
{
    return (Block){vld1q_u8(bytes), vld1q_u8(bytes + 16)};
}

static inline Block block_of(uint8_t byte)
{
    return (Block){vdupq_n_u8(byte), vdupq_n_u8(byte)};
}

static inline Block block_equal(Block one, Block other)
{
    return (Block){vceqq_u8(one.first, other.first), vceqq_u8(one.second, other.second)};
}

static inline Block block_and(Block one, Block other)
{
    return (Block){vandq_u8(one.first, other.first), vandq_u8(one.second, other.second)};
}

static inline Block block_or(Block one, Block other)
{
    return (Block){vorrq_u8(one.first, other.first), vorrq_u8(one.second, other.second)};
}

/* A table of 16 bytes, for block_look_up. */
static inline Block block_table(const uint8_t *bytes)
{
    return (Block){vld1q_u8(bytes), vld1q_u8(bytes)};
}

/* Give for each byte, of 0 to 15, what the table has for it. */
static inline Block block_look_up(Block table, Block block)
{
    return (Block){vqtbl1q_u8(table.first, block.first), vqtbl1q_u8(table.second, block.second)};
}

static inline Block block_low_halves(Block block)
{
    return block_and(block, block_of(15));
}

static inline Block block_high_halves(Block block)
{
    return (Block){vshrq_n_u8(block.first, 4), vshrq_n_u8(block.second, 4)};
}

/* Give the block that begins two bytes behind the beginning of the first of two. */
static inline Block block_two_behind(Block first, Block second)
{
    return (Block){vextq_u8(first.first, first.second, 2), vextq_u8(first.second, second.first, 2)};
}

/* Give a bit for each byte that block_equal found equal. */
static inline uint32_t block_bits(Block equal)
{
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    Block own = block_and(equal, block_table(places));
    uint8x16_t sums = vpaddq_u8(own.first, own.second);
    sums = vpaddq_u8(sums, sums);
    sums = vpaddq_u8(sums, sums);
    return vgetq_lane_u32(vreinterpretq_u32_u8(sums), 0);
}

/* Give a bit for each byte that is not zero. */
static inline uint32_t block_set(Block block)
{
    return block_bits((Block){vtstq_u8(block.first, block.first),
                              vtstq_u8(block.second, block.second)});
}

/* Give for each bit whether an odd number of bits is set up to it, and with it. */
static inline uint64_t odd_so_far(uint64_t bits)
{
    for (int step = 1; step < 64; step *= 2)
        bits ^= bits << step;
    return bits;
}
