/* Blocks of 32 bytes in plain C, for processors without the wide registers of the other kernels. */

#include <stdint.h>
#include <string.h>

#define KERNEL(name) name##_plain
#define TARGET

typedef struct {
    uint8_t at[32];
} Block;

#define EACH(expression)                                                                           \
    Block found;                                                                                   \
    for (int i = 0; i < 32; i++)                                                                   \
        found.at[i] = (uint8_t)(expression);                                                       \
    return found

static inline Block block_load(const uint8_t *bytes)
{
    EACH(bytes[i]);
}

static inline Block block_of(uint8_t byte)
{
    EACH(byte);
}

static inline Block block_equal(Block one, Block other)
{
    EACH(one.at[i] == other.at[i] ? 255 : 0);
}

static inline Block block_and(Block one, Block other)
{
    EACH(one.at[i] & other.at[i]);
}

static inline Block block_or(Block one, Block other)
{
    EACH(one.at[i] | other.at[i]);
}

/* A table of 16 bytes, for block_look_up. */
static inline Block block_table(const uint8_t *bytes)
{
    EACH(bytes[i % 16]);
}

/* Give for each byte, of 0 to 15, what the table has for it. */
static inline Block block_look_up(Block table, Block block)
{
    EACH(table.at[block.at[i]]);
}

static inline Block block_low_halves(Block block)
{
    EACH(block.at[i] & 15);
}

static inline Block block_high_halves(Block block)
{
    EACH(block.at[i] >> 4);
}

/* Give the block that begins two bytes behind the beginning of the first of two. */
static inline Block block_two_behind(Block first, Block second)
{
    EACH(i < 30 ? first.at[i + 2] : second.at[i - 30]);
}

/* Give a bit for each byte that is not zero. */
static inline uint32_t block_set(Block block)
{
    uint32_t bits = 0;
    for (int i = 0; i < 32; i++)
        bits |= (uint32_t)(block.at[i] != 0) << i;
    return bits;
}

/* Give a bit for each byte that block_equal found equal. */
static inline uint32_t block_bits(Block equal)
{
    return block_set(equal);
}

/* Give for each bit whether an odd number of bits is set up to it, and with it. */
static inline uint64_t odd_so_far(uint64_t bits)
{
    for (int step = 1; step < 64; step *= 2)
        bits ^= bits << step;
    return bits;
}
