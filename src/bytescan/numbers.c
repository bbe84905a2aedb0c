#include "numbers.h"

#include <math.h>
#include <string.h>

enum {
    /* What stands in quotes or brackets is looked through so far. */
    LOOK_AHEAD = 4096,
    /* Tokens are counted so far before a number, and so far behind it. */
    FARTHEST_BEFORE = 16384,
    FARTHEST_BEHIND = 256,
};

static bool is_digit_like(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || byte == '+' || byte == '-' || byte == '.';
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Tell whether escaped white space stands at a place of a payload, or may stand where it is cut. */
static bool is_escaped_space(const uint8_t *text, size_t size, size_t at)
{
    return text[at] == '\\' && (size - at < 2 || memchr("tnrf", text[at + 1], 4) != NULL);
}

/* Give how many bytes a quote has that stands at a place; 0 where there is none. */
static size_t quote_at(Numbers writing, const uint8_t *text, size_t size, size_t at)
{
    if (writing == IN_MESSAGES)
        return at < size && text[at] == '"';
    return size - at > 1 && text[at] == '\\' && text[at + 1] == '"' ? 2 : 0;
}

/* Give how many bytes that has which opens a token at a place; 0 where nothing does. */
static size_t opener_at(Numbers writing, const uint8_t *text, size_t size, size_t at)
{
    return at < size && text[at] == '[' ? 1 : quote_at(writing, text, size, at);
}

static size_t behind_number(const uint8_t *text, size_t size, size_t at)
{
    while (at < size && (is_digit_like(text[at]) || (text[at] | 0x20) == 'e'))
        at++;
    return at;
}

/* --- Where numbers begin --------------------------------------------------------------------- */

/* Give the offset behind what a number is to stand behind; 0 where there is no such thing. */
static size_t behind_start(Numbers writing, const uint8_t *text, size_t size, size_t place)
{
    static const char message[] = "\"message\":\"";
    const size_t ahead = sizeof message - sizeof "\":\"";
    if (text[place] == ' ')
        return place + 1;
    if (writing == IN_MESSAGES)
        return is_space(text[place]) || text[place] == '\0' ? place + 1 : 0;
    if (is_escaped_space(text, size, place))
        return place + 2;
    if (text[place] != '"' || place < ahead || size - place < sizeof "\":\"" - 1 ||
        memcmp(text + place - ahead, message, sizeof message - 1) != 0)
        return 0;
    return place + sizeof "\":\"" - 1;
}

/* Tell whether a number may stand in the quotes or brackets that were opened before a place, or in
those that follow without a space, or behind them. */
static bool may_be_held(Numbers writing, const uint8_t *text, size_t size, size_t at, bool in_quotes)
{
    const size_t limit = size - at < LOOK_AHEAD ? size : at + LOOK_AHEAD;
    while (at < limit) {
        size_t end = behind_number(text, limit, at);
        if (end == limit || text[end] == (in_quotes ? '"' : ']') ||
            (in_quotes && quote_at(writing, text, size, end)))
            return true;
        const uint8_t *closer = memchr(text + end, in_quotes ? '"' : ']', limit - end);
        if (!closer)
            return true;
        at = (size_t)(closer - text) + 1;
        if (at < size && is_digit_like(text[at]))
            return true;
        size_t opener = opener_at(writing, text, size, at);
        if (opener == 0)
            return false;
        in_quotes = text[at] != '[';
        at += opener;
    }
    return true;
}

bool number_behind(Numbers writing, const uint8_t *text, size_t size, size_t place,
                   NumberFind *found)
{
    size_t start = behind_start(writing, text, size, place);
    if (start == 0 || start >= size)
        return false;
    found->start = found->end = start;
    found->kind = ELSEWHERE;
    size_t opener = opener_at(writing, text, size, start);
    if (opener) {
        found->start = found->end = start + opener;
        return may_be_held(writing, text, size, start + opener, text[start] != '[');
    }
    if (!is_digit_like(text[start]))
        return false;
    found->end = behind_number(text, size, start);
    if (text[place] == ' ')
        found->kind = BEHIND_BLANK;
    if (found->end == size)
        return true;
    uint8_t next = text[found->end];
    if (writing == IN_PAYLOADS)
        return next == ' ' || next == '"' || next == '\\';
    return is_space(next) || next == '\0';
}

/* --- What they are worth --------------------------------------------------------------------- */

/* Give the value of a token, near enough; NAN where it may be any. False where it is no number. */
static bool value_of(const uint8_t *text, size_t start, size_t end, double *value)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    const size_t most = sizeof tens / sizeof *tens - 1;
    if (start == end)
        return false;
    size_t at = start, digits = 0, fraction = 0;
    uint64_t number = 0;
    bool negative = text[start] == '-', seen_point = false;
    if (negative || text[start] == '+')
        at++;
    for (; at < end; at++) {
        if (text[at] == '.' && !seen_point) {
            seen_point = true;
        } else if (text[at] >= '0' && text[at] <= '9') {
            if (++digits <= most)
                number = 10 * number + (uint64_t)(text[at] - '0');
            fraction += seen_point;
        } else {
            break;
        }
    }
    if (digits == 0)
        return false;
    *value = (negative ? -1 : 1) * (double)number / tens[fraction <= most ? fraction : most];
    if (at < end || digits > most)
        *value = NAN;
    /* With an exponent it may be one; with anything else it is none. */
    return at == end || (text[at] | 0x20) == 'e';
}

/* Give how far from a value another may be that rounding has made of it. */
static double slack(double value)
{
    return isfinite(value) ? fabs(value) * 1e-12 : 0;
}

/* --- How many tokens stand around them ------------------------------------------------------- */

/* A walk over the pieces of a message between white space, of which each holds a token or more. */
typedef struct {
    Numbers writing;
    const uint8_t *text;
    size_t at, end, pieces, most;
    bool quotes_alone, exact;
} Walk;

/* Give where white space stands next, as it is: eight bytes at once while none of them can be. */
static size_t next_space(const uint8_t *text, size_t at, size_t end)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    for (; end - at >= 8; at += 8) {
        uint64_t eight;
        memcpy(&eight, text + at, 8);
        if ((eight - ones * '!') & ~eight & highs)
            break;
    }
    while (at < end && !is_space(text[at]))
        at++;
    return at;
}

/* Go over one piece of a payload in which something else than quotes is escaped. False where it
holds escaped white space behind which a token is opened, which may hold blanks. */
static bool walk_escapes(Walk *walk)
{
    const uint8_t *text = walk->text;
    while (walk->at < walk->end && text[walk->at] != ' ') {
        if (text[walk->at] != '\\') {
            walk->at++;
            continue;
        }
        bool space = is_escaped_space(text, walk->end, walk->at);
        walk->exact &= quote_at(walk->writing, text, walk->end, walk->at) != 0;
        walk->at += walk->end - walk->at > 1 ? 2 : 1;
        if (space && opener_at(walk->writing, text, walk->end, walk->at))
            return false;
    }
    return true;
}

/* Count pieces up to where a token is opened: what stands behind that, it may hold. */
static void walk_pieces(Walk *walk)
{
    for (;;) {
        while (walk->at < walk->end && is_space(walk->text[walk->at]))
            walk->at++;
        if (walk->at >= walk->end)
            return;
        size_t start = walk->at;
        if (walk->pieces > walk->most ||
            opener_at(walk->writing, walk->text, walk->end, start))
            break;
        if (walk->quotes_alone)
            walk->at = next_space(walk->text, start, walk->end);
        else if (!walk_escapes(walk))
            break;
        /* What begins with escaped white space may be nothing else. */
        walk->pieces +=
            walk->quotes_alone || !is_escaped_space(walk->text, walk->end, start);
    }
    walk->exact = false;
}

/* What is escaped in a part of a message of a payload. */
typedef struct {
    bool quotes_alone, ended;
} Escapes;

/* Look for escapes, and for a quote without one, with which the message has ended. A byte stands
before the first. */
static Escapes escapes_in(const uint8_t *text, size_t first, size_t last)
{
    uint8_t others = 0, ends = 0;
    for (size_t at = first; at < last; at++) {
        uint8_t quote = text[at] == '"', escaped = text[at - 1] == '\\';
        others |= quote ^ escaped;
        ends |= quote & (uint8_t)~escaped;
    }
    return (Escapes){!others, ends & 1};
}

/* Give where the message of an entry of a payload begins; 0 where that is not found. */
static size_t message_start(const uint8_t *text, size_t entry, size_t last)
{
    static const char message[] = "\"message\":\"";
    const size_t length = sizeof message - 1, farthest = 256;
    if (last - entry > farthest)
        last = entry + farthest;
    for (size_t at = entry; last - at >= length; at++)
        if (text[at] == '"' && memcmp(text + at, message, length) == 0)
            return at + length;
    return 0;
}

/* Give where the message of a payload ends that holds a place, if not behind a limit. */
static size_t message_end(const uint8_t *text, size_t place, size_t limit)
{
    for (size_t at = place; at < limit; at++) {
        if (text[at] == '\\')
            at++;
        else if (text[at] == '"')
            return at;
    }
    return limit;
}

static size_t count_behind(const NumberSpans *spans, Numbers writing, const uint8_t *text,
                           size_t last, const NumberFind *number)
{
    Walk behind = {writing, text,  number->end, last, 0, spans->farthest_last,
                   writing == IN_MESSAGES, true};
    if (last - number->end > FARTHEST_BEHIND)
        behind.end = number->end + FARTHEST_BEHIND;
    if (writing == IN_PAYLOADS)
        behind.end = message_end(text, number->end, behind.end);
    walk_pieces(&behind);
    return behind.pieces;
}

/* Count the tokens before a number; false where nothing is known of them. */
static bool count_before(const NumberSpans *spans, Numbers writing, const uint8_t *text,
                         size_t first, const NumberFind *number, Walk *before)
{
    *before = (Walk){writing, text, first, number->start, 0, spans->farthest_first, true, true};
    if (number->start - first > FARTHEST_BEFORE)
        return false;
    if (writing == IN_MESSAGES) {
        walk_pieces(before);
        return true;
    }
    before->at = message_start(text, first, number->start);
    if (before->at == 0)
        return false;
    Escapes escapes = escapes_in(text, before->at, number->start);
    before->quotes_alone = escapes.quotes_alone;
    walk_pieces(before);
    return !escapes.ended;
}

uint64_t spans_of(const NumberSpans *spans, Numbers writing, const uint8_t *text, size_t first,
                  size_t last, const NumberFind *number)
{
    double value;
    if (number->kind == ELSEWHERE)
        return NUMBER_ALL;
    if (!value_of(text, number->start, number->end, &value))
        return 0;
    uint64_t fits = 0, at_end = 0, holding = spans->anywhere ? NUMBER_ANYWHERE : 0;
    for (size_t i = 0; i < spans->count; i++) {
        const NumberSpan *span = &spans->items[i];
        bool within = isnan(value) || (value >= span->least - slack(span->least) &&
                                       value <= span->greatest + slack(span->greatest));
        fits |= (uint64_t)within << i;
        at_end |= (uint64_t)(within && span->place < 0) << i;
    }
    if (at_end) {
        size_t behind = count_behind(spans, writing, text, last, number);
        for (size_t i = 0; i < spans->count; i++)
            if (at_end >> i & 1 && behind <= (uint64_t)(-1 - spans->items[i].place))
                holding |= (uint64_t)1 << i;
    }
    if (fits & ~at_end) {
        Walk before;
        bool known = count_before(spans, writing, text, first, number, &before);
        for (size_t i = 0; i < spans->count; i++) {
            if (!((fits & ~at_end) >> i & 1))
                continue;
            size_t place = (size_t)spans->items[i].place;
            if (!known || place == before.pieces || (place > before.pieces && !before.exact))
                holding |= (uint64_t)1 << i;
        }
    }
    return holding;
}

bool is_one_message(const uint8_t *text, size_t first, size_t last)
{
    return first > 0 && first <= last && last - first <= FARTHEST_BEHIND &&
           !escapes_in(text, first, last).ended;
}
