/* What is found in one pass over bytes: literals, and tokens that are written as numbers.

A literal is recognised by a window of four bytes in it (all three of the shortest). Bytes are
compared with all windows at once, 64 places at a time: the windows are spread over eight buckets,
and for each of the four bytes of a window tables say in which buckets it can be, by its halves or
as a whole.
Where all agree on a bucket, the place is looked at: a window and the bytes behind it, eight in all
where the literal has so many, are the key under which a hash table has the literals to compare.
So what is found is exact, whatever the buckets are; they decide only how often it must be asked. */

#ifndef FINDER_H
#define FINDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "numbers.h"

enum { WINDOW = 4, SHORTEST = 3, LONGEST_KEY = 8, BUCKETS = 8, BLOCK_BYTES = 32, STEP = 64 };

typedef struct {
    size_t start, length, window;
} Literal;

/* A literal, with up to eight of the bytes behind its key, and a mask for those that it has. */
typedef struct {
    uint64_t behind, mask;
    uint32_t literal;
} Keyed;

/* The literals of a key, of as many bytes as its width: `count` of those that are sorted by key. */
typedef struct {
    uint64_t key;
    uint32_t width, first, count;
} Slot;

typedef struct {
    /* By the halves of each byte of a window, or by the byte without its highest bit, a bit for each
    bucket. */
    uint8_t low[WINDOW][16], high[WINDOW][16], buckets[WINDOW][128];
    /* By a hash of a window, bits for the widths of its keys. */
    uint8_t widths[4096];
    /* By the first two bytes of what is told by these alone, a bit for each bucket. */
    uint8_t first_of_pair[256], second_of_pair[256];
    Numbers numbers;
    NumberSpans spans;
    uint8_t *bytes;
    Literal *literals;
    Keyed *by_key;
    Slot *slots;
    size_t count, slot_mask;
} Finder;

typedef struct {
    size_t end;
    uint32_t literal;
} LiteralFind;

typedef struct {
    LiteralFind *literals;
    size_t literal_count, literal_room;
    NumberFind *numbers;
    size_t number_count, number_room;
    /* Where the last entry of a payload begins that was seen. */
    size_t entry;
} Finds;

/* Give how many buckets are free for literals; the others are for numbers. Literals that are
shorter than a window have a place among those. */
unsigned finder_buckets(Numbers numbers);

/* Begin a finder for literals of which the bytes stand one behind another. */
bool finder_begin(Finder *finder, size_t count, size_t bytes, Numbers numbers);

/* Add the next literal, recognised by the window at an offset in it. */
void finder_add(Finder *finder, const uint8_t *bytes, size_t length, size_t window,
                unsigned bucket);

/* Sort the literals by their keys, when all are added; false where there is no memory. */
bool finder_end(Finder *finder);

void finder_free(Finder *finder);

/* Places of a text, from a start on, that look like the beginning of a window: a bit for each. */
typedef struct {
    size_t start;
    uint64_t bits;
} Places;

enum { PLACES_AT_ONCE = 32 };

/* Keep what there is at some places of a text, and leave out those behind its end; false where
there is no memory. */
bool finder_check(const Finder *finder, const uint8_t *text, size_t size, const Places *places,
                  size_t count, Finds *finds);

/* Find all in a text, with one of the kernels; false where there is no memory. */
typedef bool Find(const Finder *finder, const uint8_t *text, size_t size, Finds *finds);

#endif
