/* Arrays that grow: `count` items are used of the memory at `items`, which free() takes back. */

#ifndef GROWING_H
#define GROWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Make room for one more item of an array; false where there is no memory. */
static inline bool grown(void **items, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return true;
    size_t more = *room ? 2 * *room : 64;
    if (more > SIZE_MAX / size)
        return false;
    void *moved = realloc(*items, more * size);
    if (!moved)
        return false;
    *items = moved;
    *room = more;
    return true;
}

#endif
