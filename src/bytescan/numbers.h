/* Tokens that are written as numbers, told by the bytes around them.

A token stands between white space, or it is what quotes or brackets hold together; right behind
such, another token can begin. Messages stand in the bytes as they are, or as JSON strings in the
payload of a subscription: then white space other than blanks is escaped, and so are quotes. */

#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { NO_NUMBERS, IN_MESSAGES, IN_PAYLOADS } Numbers;

/* Where a number is found: behind a blank, so that tokens can be counted before it, or elsewhere.
Elsewhere it may be one that stands in quotes or brackets, or right behind them. */
typedef enum { BEHIND_BLANK, ELSEWHERE } NumberKind;

/* The bytes of a number; elsewhere, it may be that only its beginning is known. In payloads,
`entry` is where the last id of an entry begins before it, 0 where there is none. */
typedef struct {
    uint64_t start, end, entry, kind;
} NumberFind;

/* Tell whether a token that is a number may begin behind what stands at a place. */
bool number_behind(Numbers writing, const uint8_t *text, size_t size, size_t place,
                   NumberFind *found);

/* What rules want: a number from the least to the greatest double, at a place among the tokens of
a message, counted from 0, or from -1 backwards. */
typedef struct {
    int64_t place;
    double least, greatest;
} NumberSpan;

enum { MOST_SPANS = 62 };
/* The bit for what wants a number anywhere, and all bits, for a number of which too little is known. */
static const uint64_t NUMBER_ANYWHERE = (uint64_t)1 << MOST_SPANS, NUMBER_ALL = UINT64_MAX >> 1;

typedef struct {
    NumberSpan items[MOST_SPANS];
    size_t count, farthest_first, farthest_last;
    bool anywhere;
} NumberSpans;

/* Give a bit for each span that a number may be, and the others that hold for it. In a payload its
message is that of the entry in which it stands; otherwise that goes from `first` to `last`. */
uint64_t spans_of(const NumberSpans *spans, Numbers writing, const uint8_t *text, size_t first,
                  size_t last, const NumberFind *number);

/* Tell whether one message of a payload goes on from an offset to another that is near. */
bool is_one_message(const uint8_t *text, size_t first, size_t last);

#endif
