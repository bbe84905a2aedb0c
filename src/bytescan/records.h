/* Where the records of a list end, told by the brackets that stand outside strings. */

#ifndef RECORDS_H
#define RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t *items;
    size_t count, room;
} Ends;

/* Where the signs of JSON stand among 64 bytes: a bit for each. */
typedef struct {
    uint64_t quotes, backslashes, opening, closing;
} Signs;

typedef enum { RECORDS_FOUND, RECORDS_ELSEWHERE, RECORDS_NO_MEMORY } RecordsOutcome;

/* Find the ends of the records that stand, a comma between two of them, from an offset up to the
`]}` with which the text ends. RECORDS_ELSEWHERE says that the text is not laid out so. */
typedef RecordsOutcome RecordEnds(const uint8_t *text, size_t size, size_t start, Ends *ends);

#endif
