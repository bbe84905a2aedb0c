#include "entries.h"

#include <stdbool.h>
#include <string.h>

static const char beginning[] = "{\"id\":\"";
static const size_t length = sizeof beginning - 1;

static bool begins(const uint8_t *text, size_t size, size_t at)
{
    return text[at] == '{' && size - at >= length && memcmp(text + at, beginning, length) == 0;
}

Entry entry_around(const uint8_t *text, size_t size, size_t start, size_t offset)
{
    Entry entry = {start, size - 2};
    for (size_t at = offset; at > start;)
        if (begins(text, size, --at)) {
            entry.start = at;
            break;
        }
    /* The beginning may be that of the entry itself, or stand in what was found. */
    const uint8_t *at = text + offset - 1, *end = text + size;
    while ((at = memchr(at, '{', (size_t)(end - at))) != NULL) {
        size_t place = (size_t)(at++ - text);
        if (place >= 2 && text[place - 1] == ',' && text[place - 2] == '}' &&
            begins(text, size, place)) {
            entry.end = place - 1;
            break;
        }
    }
    return entry;
}
