"""Find tokens that are numbers, and rule out by their places what asks for them elsewhere."""

from __future__ import annotations

import enum
import math
import re
from bisect import bisect_right
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from trailbell.engine.literals import Level, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trailbell.pattern.requires import NumberAt

_DIGITS = b"0123456789+-."
_MESSAGE = b'"message":"'
_FARTHEST, _TAIL = 16_384, 200
"""So many bytes are looked at before a number and behind it."""
_SPARSE = 2_000
"""Places are asked where there is no more than one number in so many bytes.

Where there are more, most events hold one, and asking would cost more than it saves.
"""

_LONGEST = 10_000
"""What stands in quotes or brackets is looked through so far."""

_NUMBER = rb'[0-9.eE+\-]*+\\?"'
_CLOSED_BY = {b'"': re.compile(_NUMBER), b"]": re.compile(_NUMBER.replace(b'\\\\?"', rb"\]"))}
# What can be the beginning of a number right behind something closed; in quotes it has to be one,
# or the next such thing. In a payload every quote but that of the message's end has a backslash.
_RIGHT_BEHIND = re.compile(
    rb'[0-9.+\-\[]|\\?"(?:%s|[^"]{0,1000}+(?:"(?:[0-9.+\-\[]|\\?")|[^"]|\Z))' % _NUMBER
)


class Where(enum.Enum):
    """Say where a number stands that was found."""

    BEHIND_BLANK = enum.auto()
    ANYWHERE = enum.auto()


class Sign(NamedTuple):
    """Hold what it means that a regex was found.

    With an opening quote or bracket, ``closer`` is what closes it, and ``ahead`` says how far
    behind it the find ends.
    """

    where: Where = Where.ANYWHERE
    closer: bytes = b""
    ahead: int = 0


def number_signs(level: Level) -> dict[bytes, Sign]:
    """Give regexes of which one is found wherever a token is a number.

    Such a token stands behind white space or at the start of the message, and more white space or
    the message's end is behind it; or it stands in quotes or brackets, or right behind such, of
    which the first are behind white space or at the start.

    The scanner looks for the fixed beginnings of regexes first, in steps of one to four bytes, as
    the shortest of them allows. So in payloads each has three, if need be by one regex for each
    character that may follow.
    """
    return _in_payloads() if level is Level.PAYLOAD else _in_messages()


def _in_payloads() -> dict[bytes, Sign]:
    escapes = (rb"\t", rb"\n", rb"\r", rb"\f")
    found = dict.fromkeys(_behind_blanks(), Sign(Where.BEHIND_BLANK))
    found |= dict.fromkeys((verbatim(_MESSAGE + d) for d in _each(_DIGITS)), Sign())
    found |= dict.fromkeys((verbatim(e + d) for e in escapes for d in _each(_DIGITS)), Sign())
    # Between key and value an odd writer puts white space.
    blanks = (b" ", b"\t", b"\n", b"\r")
    odd = (verbatim(b'"message"' + colon + blank) for colon in (b"", b":") for blank in blanks)
    found |= dict.fromkeys(odd, Sign())
    for before in (*escapes, _MESSAGE):
        found |= _openers(before, b'\\"')
    # Behind a blank, which is frequent, with each byte that may follow. Of three bytes, the quote
    # alone would take the scanner as long as all other signs of numbers do.
    for opener, closer in ((b'\\"', b'"'), (b"[", b"]")):
        signs = (verbatim(b" " + opener + byte) for byte in _FIRST)
        found |= dict.fromkeys(signs, Sign(closer=closer, ahead=1))
    return found


def _behind_blanks() -> Iterator[bytes]:
    """Give regexes for a number between a blank and what ends it in a payload."""
    for digit in map(verbatim, _each(_DIGITS)):
        for more in (rb"[0-9][0-9.eE+\-]*", rb"[.eE+\-][0-9.eE+\-]*", b""):
            yield verbatim(b" ") + digit + more + rb'[ "\\]'


def _in_messages() -> dict[bytes, Sign]:
    starts = (b" ", b"\0")  # NUL stands between two messages.
    numbers = [
        verbatim(c + d) + rb"[0-9.eE+\-]*[ \t\n\r\f\v\x00]" for c in starts for d in _each(_DIGITS)
    ]
    found = dict.fromkeys((*numbers, rb'[\t\n\r\f\v][0-9+\-."\[]'), Sign())
    for start in starts:
        found |= _openers(start, b'"')
    return found


def _openers(before: bytes, quote: bytes) -> dict[bytes, Sign]:
    """Give the regexes for a quote and a bracket that open a token."""
    return {
        verbatim(before + quote): Sign(closer=b'"'),
        verbatim(before + b"["): Sign(closer=b"]"),
    }


def _each(numbers: Iterable[int]) -> list[bytes]:
    return [bytes([number]) for number in numbers]


_FIRST = _each((*range(0x20, 0x80), *range(0xC2, 0xF5)))
"""What a character can begin with in UTF-8, but for those that JSON escapes."""


class NumberPlaces:
    """Know which numbers rules need, and at which places among the tokens of a message.

    ``rules`` are those that need a number; under None stand those that need any, anywhere. A set
    of rules is an integer with a bit for each.
    """

    def __init__(self, rules: Mapping[NumberAt | None, int]) -> None:
        self.every = self._anywhere = rules.get(None, 0)
        spans: dict[int, _Span] = {}
        for number, needing in rules.items():
            self.every |= needing
            if number is not None:
                spans.setdefault(number.place, _Span(number.place)).add(number, needing)
        self._from_start = [span for span in spans.values() if span.place >= 0]
        self._from_end = [span for span in spans.values() if span.place < 0]

    def hits(
        self, data: bytes | bytearray, found: list[tuple[int, Sign]], level: Level
    ) -> Iterator[tuple[int, int]]:
        """Give the offset behind each number that was found, and the rules that it is enough for.

        Of what is found in a payload, the place among the tokens is asked.
        """
        found.sort(key=_offset)
        openers = [offset - sign.ahead for offset, sign in found if sign.closer]
        asked = level is Level.PAYLOAD and len(found) <= len(data) // _SPARSE
        for offset, sign in found:
            if sign.closer:
                if _may_open_number(data, offset - sign.ahead, sign.closer):
                    yield offset - sign.ahead, self.every
            elif asked and sign.where is Where.BEHIND_BLANK:
                if rules := self._possible(data, offset, openers):
                    yield offset, rules
            else:
                yield offset, self.every

    def _possible(self, data: bytes | bytearray, end: int, openers: Sequence[int]) -> int:
        """Give the rules that can hold by a number behind a blank; ``end`` is behind what ends it.

        What stands between blanks holds a token or more, since escaped white space parts tokens
        too. Only quotes and brackets hold blanks: there ``openers`` has an offset.
        """
        try:
            value = float(data[data.rindex(b" ", 0, end - 1) + 1 : end - 1])
        except ValueError:
            return 0
        rules = self._anywhere
        if wanted := [span for span in self._from_start if span.low <= value <= span.high]:
            rules |= _standing_at(wanted, data, end, openers)
        if wanted := [span for span in self._from_end if span.low <= value <= span.high]:
            most = -1 - min(span.place for span in wanted)
            tail = _until_quote(data[end - 1 : end + _TAIL])
            if _any_within(openers, end, end + _TAIL) or _least(tail, most + 1) <= most:
                rules |= _all(wanted)
        return rules


def _may_open_number(data: bytes | bytearray, start: int, closer: bytes) -> bool:
    """Tell whether a number can stand in quotes or brackets from ``start`` on, or right behind."""
    if _CLOSED_BY[closer].match(data, start):
        return True
    end = data.find(closer, start, start + _LONGEST)
    return end < 0 or _RIGHT_BEHIND.match(data, end + 1) is not None


class _Span:
    """Hold what numbers rules want at one place, from the least to the greatest."""

    def __init__(self, place: int) -> None:
        self.place, self.low, self.high, self.rules = place, math.inf, -math.inf, 0

    def add(self, number: NumberAt, rules: int) -> None:
        """Add a number that some rules want."""
        self.low, self.high = min(self.low, number.low), max(self.high, number.high)
        self.rules |= rules


def _all(spans: Iterable[_Span]) -> int:
    return reduce(or_, (span.rules for span in spans), 0)


def _standing_at(
    wanted: Sequence[_Span], data: bytes | bytearray, end: int, openers: Sequence[int]
) -> int:
    """Give the rules of those places among some that can be the place of a number."""
    start = data.rfind(_MESSAGE, max(0, end - _FARTHEST), end) + len(_MESSAGE)
    if start < len(_MESSAGE):
        return _all(wanted)
    opened = bisect_right(openers, start)
    opener = openers[opened] if opened < len(openers) else end
    text = data[start : min(end, opener)]
    last = max(span.place for span in wanted)
    # Without the number itself, or else what stands in quotes or brackets.
    least = _least(text, last + 2) - 1
    left = [span for span in wanted if span.place >= least]
    # With as many quotes as backslashes nothing else is escaped, and the place is known.
    if left and opener >= end and text.count(b"\\") == text.count(b'"', 0, -1):
        left = [span for span in left if span.place == least]
    return _all(left)


def _least(text: bytes | bytearray, most: int) -> int:
    """Say how many tokens a text holds at least, if no quotes or brackets stand around any.

    It is not looked for more than ``most``. What begins with an escape may be white space alone.
    """
    pieces = text.split(None, most)[:most]
    escapes = [piece for piece in pieces if piece[0] == _BACKSLASH]
    return len(pieces) - sum(piece[1:2] in _SPACES for piece in escapes)


_BACKSLASH = ord("\\")
_SPACES = (b"t", b"n", b"r", b"f")


def _until_quote(text: bytes | bytearray) -> bytes | bytearray:
    """Give a text in a JSON string up to where the string ends."""
    return text.replace(b"\\\\", b"..").replace(b'\\"', b"..").partition(b'"')[0]


def _offset(found: tuple[int, Sign]) -> int:
    return found[0]


def _any_within(offsets: Sequence[int], start: int, end: int) -> bool:
    return bisect_right(offsets, start) < bisect_right(offsets, end)
