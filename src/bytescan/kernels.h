/* The loops that look at every byte, written for the blocks that were included before. */

#include <string.h>

#include "finder.h"
#include "growing.h"
#include "kernel_names.h"
#include "records.h"

/* --- Literals and numbers -------------------------------------------------------------------- */

TARGET bool KERNEL(find)(const Finder *finder, const uint8_t *text, size_t size, Finds *finds)
{
    Windows windows;
    windows_of(&windows, finder);
    Places found[PLACES_AT_ONCE];
    size_t count = 0, at = 0;
    if (size >= WINDOWS_REACH) {
        windows_begin(&windows, text);
        for (; size - at >= WINDOWS_REACH; at += STEP) {
            /* Kept if any bit is set, without a branch, which could hardly be foreseen. */
            found[count] = (Places){at, windows_next(&windows, text + at)};
            count += found[count].bits != 0;
            if (count == PLACES_AT_ONCE - 2) {
                if (!finder_check(finder, text, size, found, count, finds))
                    return false;
                count = 0;
            }
        }
    }
    /* What is left is looked at where zeros stand behind it: two steps, since none reaches farther
    than one and a half. */
    uint8_t rest[STEP + WINDOWS_REACH] = {0};
    memcpy(rest, text + at, size - at);
    windows_begin(&windows, rest);
    for (size_t done = 0; done < size - at; done += STEP)
        found[count++] = (Places){at + done, windows_next(&windows, rest + done)};
    return finder_check(finder, text, size, found, count, finds);
}

/* --- Records --------------------------------------------------------------------------------- */

/* Give the bytes that have a backslash before them which is not escaped itself. `escaped` says so
of the first byte, and is told of the first byte behind these. */
static inline uint64_t escaped_by(uint64_t backslashes, uint64_t *escaped)
{
    const uint64_t even = 0x5555555555555555u;
    backslashes &= ~*escaped;
    uint64_t behind = backslashes << 1 | *escaped;
    /* Runs of backslashes that begin at an odd place are carried to the place behind them. */
    uint64_t odd_starts = backslashes & ~even & ~behind;
    uint64_t carried = odd_starts + backslashes;
    *escaped = carried < odd_starts;
    return (even ^ carried << 1) & behind;
}

TARGET RecordsOutcome KERNEL(record_ends)(const uint8_t *text, size_t size, size_t start,
                                          Ends *ends)
{
    uint64_t escaped = 0, in_string = 0;
    size_t depth = 0;
    uint8_t rest[STEP];
    for (size_t at = start; at < size; at += STEP) {
        const uint8_t *bytes = text + at;
        if (size - at < STEP) {
            memset(rest, 0, STEP);
            memcpy(rest, bytes, size - at);
            bytes = rest;
        }
        Signs signs = signs_in(bytes);
        if (signs.backslashes | escaped)
            signs.quotes &= ~escaped_by(signs.backslashes, &escaped);
        uint64_t strings = odd_so_far(signs.quotes) ^ in_string;
        in_string = 0 - (strings >> 63);
        /* Outside strings, JSON has no backslash. */
        if (signs.backslashes & ~strings)
            return RECORDS_ELSEWHERE;
        signs.opening &= ~strings;
        signs.closing &= ~strings;
        size_t closed = (size_t)__builtin_popcountll(signs.closing);
        if (depth > closed) {
            /* No record can end here. */
            depth += (size_t)__builtin_popcountll(signs.opening) - closed;
            continue;
        }
        for (uint64_t bits = signs.opening | signs.closing; bits; bits &= bits - 1) {
            if (signs.opening & bits & (0 - bits)) {
                depth++;
                continue;
            }
            if (depth-- > 1)
                continue;
            size_t end = at + (size_t)__builtin_ctzll(bits) + 1;
            if (depth != 0 || size - end < 2)
                return RECORDS_ELSEWHERE;
            if (!grown((void **)&ends->items, &ends->room, ends->count, sizeof *ends->items))
                return RECORDS_NO_MEMORY;
            ends->items[ends->count++] = end;
            if (text[end] == ']')
                return text[end + 1] == '}' && size - end == 2 ? RECORDS_FOUND : RECORDS_ELSEWHERE;
            if (text[end] != ',' || text[end + 1] != '{')
                return RECORDS_ELSEWHERE;
        }
    }
    return RECORDS_ELSEWHERE;
}

/* --- A few bytes ----------------------------------------------------------------------------- */

TARGET bool KERNEL(holds)(const uint8_t *text, size_t size, size_t start, const uint8_t *bytes,
                          size_t count)
{
    const Block first = block_of(bytes[0]), second = block_of(bytes[1]);
    size_t at = start;
    for (; size - at > BLOCK_BYTES; at += BLOCK_BYTES) {
        Block both = block_and(block_equal(block_load(text + at), first),
                               block_equal(block_load(text + at + 1), second));
        for (uint32_t bits = block_bits(both); bits; bits &= bits - 1) {
            size_t place = at + (size_t)__builtin_ctz(bits);
            if (size - place >= count && memcmp(text + place, bytes, count) == 0)
                return true;
        }
    }
    for (; size - at >= count; at++)
        if (memcmp(text + at, bytes, count) == 0)
            return true;
    return false;
}
