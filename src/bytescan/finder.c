#include "finder.h"

#include <stdlib.h>
#include <string.h>

#include "growing.h"

/* --- Keys ------------------------------------------------------------------------------------ */

/* Give up to eight bytes as a number, the first of them in its lowest bits. */
static uint64_t eight_at(const uint8_t *bytes, size_t left)
{
    uint64_t eight = 0;
    memcpy(&eight, bytes, left < LONGEST_KEY ? left : LONGEST_KEY);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

static uint64_t key_of(uint64_t eight, unsigned width)
{
    return eight & UINT64_MAX >> 8 * (LONGEST_KEY - width);
}

static uint64_t mixed(uint64_t key)
{
    return key * 0x9E3779B97F4A7C15u;
}

static size_t window_hash(uint64_t eight)
{
    return (size_t)((uint32_t)eight * 0x9E3779B1u >> 20);
}

static Slot *slot_for(const Finder *finder, uint64_t key, unsigned width)
{
    for (size_t at = (size_t)(mixed(key) >> 32);; at++) {
        Slot *slot = &finder->slots[at & finder->slot_mask];
        if (slot->count == 0 || (slot->key == key && slot->width == width))
            return slot;
    }
}

/* Give the slot of the longest key that a literal has room for. */
static Slot *slot_of(const Finder *finder, const Literal *literal)
{
    size_t room = literal->length - literal->window;
    unsigned width = room >= LONGEST_KEY ? LONGEST_KEY : room >= WINDOW ? WINDOW : SHORTEST;
    const uint8_t *window = finder->bytes + literal->start + literal->window;
    uint64_t key = key_of(eight_at(window, room), width);
    Slot *slot = slot_for(finder, key, width);
    slot->key = key;
    slot->width = width;
    return slot;
}

/* --- The tables ------------------------------------------------------------------------------ */

static void allow(Finder *finder, unsigned bucket, unsigned place, uint8_t byte)
{
    finder->low[place][byte & 15] |= (uint8_t)(1u << bucket);
    finder->high[place][byte >> 4] |= (uint8_t)(1u << bucket);
    finder->buckets[place][byte & 127] |= (uint8_t)(1u << bucket);
}

static void allow_each(Finder *finder, unsigned bucket, unsigned place, const char *bytes,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        allow(finder, bucket, place, (uint8_t)bytes[i]);
}

static void allow_any(Finder *finder, unsigned bucket, unsigned place)
{
    for (unsigned byte = 0; byte < 256; byte++)
        allow(finder, bucket, place, (uint8_t)byte);
}

/* Let in what begins with a pair of bytes, one of either list. */
static void allow_pair(Finder *finder, unsigned bucket, const char *first, size_t first_count,
                       const char *second, size_t second_count)
{
    for (size_t i = 0; i < first_count; i++)
        finder->first_of_pair[(uint8_t)first[i]] |= (uint8_t)(1u << bucket);
    for (size_t i = 0; i < second_count; i++)
        finder->second_of_pair[(uint8_t)second[i]] |= (uint8_t)(1u << bucket);
    allow_each(finder, bucket, 0, first, first_count);
    allow_each(finder, bucket, 1, second, second_count);
}

#define EACH(bytes) bytes, sizeof(bytes) - 1
#define DIGIT_LIKE "0123456789+-."

/* Let in what stands before a number, or before what opens a token, with the first byte of that. */
static void allow_numbers(Finder *finder)
{
    const unsigned last = BUCKETS - 1;
    if (finder->numbers == IN_MESSAGES) {
        allow_pair(finder, last - 1, EACH(" "), EACH(DIGIT_LIKE "[\""));
        allow_pair(finder, last, EACH("\t\n\r\f\v\0"), EACH(DIGIT_LIKE "[\""));
        for (unsigned place = 2; place < WINDOW; place++) {
            allow_any(finder, last - 1, place);
            allow_any(finder, last, place);
        }
        return;
    }
    allow_pair(finder, last - 2, EACH(" "), EACH(DIGIT_LIKE "[\\"));
    allow_any(finder, last - 2, 2);
    allow_any(finder, last - 2, 3);
    /* The end of a key of the payload, and the start of its value. */
    allow_pair(finder, last - 1, EACH("\""), EACH(":"));
    allow(finder, last - 1, 2, '"');
    allow_each(finder, last - 1, 3, EACH(DIGIT_LIKE "[\\"));
    /* Escaped white space. */
    allow_pair(finder, last, EACH("\\"), EACH("tnrf"));
    allow_each(finder, last, 2, EACH(DIGIT_LIKE "[\\"));
    allow_any(finder, last, 3);
}

unsigned finder_buckets(Numbers numbers)
{
    return BUCKETS - (numbers == IN_PAYLOADS ? 3 : numbers == IN_MESSAGES ? 2 : 0);
}

bool finder_begin(Finder *finder, size_t count, size_t bytes, Numbers numbers)
{
    *finder = (Finder){.numbers = numbers};
    size_t slots = 16;
    while (slots < 4 * count)
        slots *= 2;
    finder->slot_mask = slots - 1;
    finder->bytes = malloc(bytes + 1);
    finder->literals = calloc(count + 1, sizeof *finder->literals);
    finder->by_key = calloc(count + 1, sizeof *finder->by_key);
    finder->slots = calloc(slots, sizeof *finder->slots);
    return finder->bytes && finder->literals && finder->by_key && finder->slots;
}

void finder_free(Finder *finder)
{
    free(finder->bytes);
    free(finder->literals);
    free(finder->by_key);
    free(finder->slots);
    *finder = (Finder){0};
}

void finder_add(Finder *finder, const uint8_t *bytes, size_t length, size_t window,
                unsigned bucket)
{
    size_t start = 0;
    if (finder->count) {
        const Literal *last = &finder->literals[finder->count - 1];
        start = last->start + last->length;
    }
    memcpy(finder->bytes + start, bytes, length);
    finder->literals[finder->count++] = (Literal){start, length, window};
    const char *begin = (const char *)bytes + window;
    if (length < WINDOW) {
        allow_pair(finder, BUCKETS - 1, begin, 1, begin + 1, 1);
        allow(finder, BUCKETS - 1, 2, bytes[window + 2]);
        allow_any(finder, BUCKETS - 1, 3);
    } else {
        for (unsigned place = 0; place < WINDOW; place++)
            allow(finder, bucket, place, bytes[window + place]);
    }
}

static Keyed keyed(const Finder *finder, size_t number, unsigned width)
{
    const Literal *literal = &finder->literals[number];
    size_t behind = literal->window + width, left = literal->length - behind;
    unsigned count = left < LONGEST_KEY ? (unsigned)left : LONGEST_KEY;
    uint64_t mask = count ? key_of(UINT64_MAX, count) : 0;
    return (Keyed){eight_at(finder->bytes + literal->start + behind, left), mask, (uint32_t)number};
}

bool finder_end(Finder *finder)
{
    for (size_t i = 0; i < finder->count; i++) {
        Slot *slot = slot_of(finder, &finder->literals[i]);
        slot->count++;
        if (slot->width >= WINDOW)
            finder->widths[window_hash(slot->key)] |= (uint8_t)slot->width;
    }
    uint32_t first = 0;
    for (size_t at = 0; at <= finder->slot_mask; at++) {
        finder->slots[at].first = first;
        first += finder->slots[at].count;
    }
    uint32_t *used = calloc(finder->slot_mask + 1, sizeof *used);
    if (!used)
        return false;
    for (size_t i = 0; i < finder->count; i++) {
        const Slot *slot = slot_of(finder, &finder->literals[i]);
        finder->by_key[slot->first + used[slot - finder->slots]++] = keyed(finder, i, slot->width);
    }
    free(used);
    if (finder->numbers != NO_NUMBERS)
        allow_numbers(finder);
    return true;
}

/* --- What stands at a place ------------------------------------------------------------------ */

/* Of `{"id":"`, so many bytes stand before the quote that ends the key, and so many in all. */
enum { BEFORE_COLON = 4, ENTRY_BEGINNING = 7 };

static bool keep_literals(const Finder *finder, const uint8_t *text, size_t size, size_t place,
                          unsigned width, Finds *finds)
{
    size_t left = size - place;
    if (left < width)
        return true;
    const Slot *slot = slot_for(finder, key_of(eight_at(text + place, left), width), width);
    if (slot->count == 0)
        return true;
    uint64_t behind = eight_at(text + place + width, left - width);
    for (uint32_t i = 0; i < slot->count; i++) {
        const Keyed *keyed = &finder->by_key[slot->first + i];
        if ((behind ^ keyed->behind) & keyed->mask)
            continue;
        const Literal *literal = &finder->literals[keyed->literal];
        if (place < literal->window || size - (place - literal->window) < literal->length)
            continue;
        const uint8_t *start = text + place - literal->window;
        if (memcmp(start, finder->bytes + literal->start, literal->length) != 0)
            continue;
        if (!grown((void **)&finds->literals, &finds->literal_room, finds->literal_count,
                   sizeof *finds->literals))
            return false;
        finds->literals[finds->literal_count++] =
            (LiteralFind){(size_t)(start - text) + literal->length, keyed->literal};
    }
    return true;
}

static bool keep_number(const Finder *finder, const uint8_t *text, size_t size, size_t place,
                        Finds *finds)
{
    NumberFind found = {.entry = finds->entry};
    if (!number_behind(finder->numbers, text, size, place, &found))
        return true;
    if (!grown((void **)&finds->numbers, &finds->number_room, finds->number_count,
               sizeof *finds->numbers))
        return false;
    finds->numbers[finds->number_count++] = found;
    return true;
}

/* Tell whether the quote before the colon behind the key of an entry's id stands at a place. The
ids of CloudWatch Logs are digits; of others it is not sure that their places are looked at. */
static bool is_entry(const uint8_t *text, size_t place, size_t left)
{
    static const uint8_t beginning[LONGEST_KEY] = "{\"id\":\"";
    if (place < BEFORE_COLON || left < LONGEST_KEY - BEFORE_COLON)
        return false;
    const uint8_t *start = text + place - BEFORE_COLON;
    uint64_t differs = eight_at(start, LONGEST_KEY) ^ eight_at(beginning, LONGEST_KEY);
    return key_of(differs, ENTRY_BEGINNING) == 0 && start[ENTRY_BEGINNING] >= '0' &&
           start[ENTRY_BEGINNING] <= '9';
}

/* Tell by the bytes at a place whether anything may be there. */
static inline bool may_hold(const Finder *finder, uint64_t eight)
{
    unsigned pairs = finder->first_of_pair[(uint8_t)eight] &
                     finder->second_of_pair[(uint8_t)(eight >> 8)];
    return (finder->widths[window_hash(eight)] | pairs) != 0;
}

/* Keep what begins at a place, or has its window there. */
static bool keep_all(const Finder *finder, const uint8_t *text, size_t size, size_t place,
                     Finds *finds)
{
    size_t left = size - place;
    uint64_t eight = eight_at(text + place, left);
    unsigned widths = finder->widths[window_hash(eight)];
    if (widths & WINDOW && !keep_literals(finder, text, size, place, WINDOW, finds))
        return false;
    if (widths & LONGEST_KEY && !keep_literals(finder, text, size, place, LONGEST_KEY, finds))
        return false;
    if ((finder->first_of_pair[(uint8_t)eight] & finder->second_of_pair[(uint8_t)(eight >> 8)]) == 0)
        return true;
    if (finder->numbers == IN_PAYLOADS && is_entry(text, place, left)) {
        finds->entry = place - BEFORE_COLON;
        return true;
    }
    if (!keep_literals(finder, text, size, place, SHORTEST, finds))
        return false;
    return finder->numbers == NO_NUMBERS || keep_number(finder, text, size, place, finds);
}

/* Write down each of the places that have a bit. Mostly one or two are together: for these there is
no branch, which could hardly be foreseen. */
static size_t each_of(const Places *places, size_t count, size_t *each)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = places[i].bits;
        for (int one_or_two = 0; one_or_two < 2; one_or_two++) {
            each[found] = places[i].start + (size_t)__builtin_ctzll(bits | (uint64_t)1 << 63);
            found += bits != 0;
            bits &= bits - 1;
        }
        for (; bits; bits &= bits - 1)
            each[found++] = places[i].start + (size_t)__builtin_ctzll(bits);
    }
    return found;
}

bool finder_check(const Finder *finder, const uint8_t *text, size_t size, const Places *places,
                  size_t count, Finds *finds)
{
    size_t each[PLACES_AT_ONCE * STEP + 2];
    size_t found = each_of(places, count, each), likely = 0;
    for (size_t i = 0; i < found; i++) {
        size_t place = each[i];
        bool near_end = place + LONGEST_KEY > size;
        each[likely] = place;
        likely += near_end || may_hold(finder, eight_at(text + place, LONGEST_KEY));
    }
    for (size_t i = 0; i < likely; i++)
        if (each[i] < size && !keep_all(finder, text, size, each[i], finds))
            return false;
    return true;
}
