/* Where the entry of a payload begins and ends that holds a byte.

An entry begins with `{"id":"` and ends before `,{"id":"`, or with the list of all. Whoever writes
log lines cannot write these bytes: in a JSON string every quote has a backslash before it. */

#ifndef ENTRIES_H
#define ENTRIES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    size_t start, end;
} Entry;

/* Find the entry that holds the byte before an offset, of those from a start on. Without such a
beginning it begins at the start; without another behind it, it ends before the `]}` of the end. */
Entry entry_around(const uint8_t *text, size_t size, size_t start, size_t offset);

#endif
