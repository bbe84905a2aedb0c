"""Find tokens that are numbers, and rule out by their places what asks for them elsewhere."""

from __future__ import annotations

import enum
import math
import re
from functools import lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from trailbell.engine.literals import Level, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trailbell.engine.places import Places
    from trailbell.pattern.requires import NumberAt

_DIGITS = b"0123456789+-."
_MESSAGE = b'"message":"'
_SPARSE = 2_000
"""Places are asked where there is no more than one number in so many bytes.

Where there are more, most events hold one, and asking would cost more than it saves.
"""

_LONGEST = 10_000
"""What stands in quotes or brackets is looked through so far."""

_REMEMBERED, _SHORT = 4096, 40
"""For so many numbers, of so many characters each, it is remembered which rules want them."""

_TO_THE_END = rb"[0-9.eE+\-]*[ \t\n\r\f\v\x00]"
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
    found = {rb'[\t\n\r\f\v][0-9+\-."\[]': Sign()}
    # NUL stands between two messages.
    for start, where in ((b" ", Where.BEHIND_BLANK), (b"\0", Where.ANYWHERE)):
        numbers = (verbatim(start + digit) + _TO_THE_END for digit in _each(_DIGITS))
        found |= dict.fromkeys(numbers, Sign(where))
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


class Candidates(NamedTuple):
    """Hold the numbers that were found in a batch.

    ``hits`` are those that are enough for any rule. Of the others a rule may want another place:
    ``pending`` has for each the offset at which it begins, that behind what ends it, and what is
    wanted of it. ``openers`` are the offsets right behind what opens a token.
    """

    hits: list[tuple[int, int]]
    pending: list[tuple[int, int, _Wanted]]
    openers: list[int]


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
        self._spans = list(spans.values())
        self._remembered = lru_cache(_REMEMBERED)(self._wanted)

    def candidates(self, data: bytes | bytearray, found: list[tuple[int, Sign]]) -> Candidates:
        """Sort what was found by whether its place is to be asked; what is no number is dropped."""
        found.sort(key=_offset)
        candidates = hits, pending, openers = Candidates([], [], [])
        asked = len(found) <= len(data) // _SPARSE
        for end, sign in found:
            if sign.closer:
                openers.append(end - sign.ahead)
                if _may_open_number(data, openers[-1], sign.closer):
                    hits.append((openers[-1], self.every))
            elif asked and sign.where is Where.BEHIND_BLANK:
                start = data.rindex(b" ", 0, end - 1) + 1
                short = end - start <= _SHORT
                text = bytes(data[start : end - 1])
                wanted = self._remembered(text) if short else self._wanted(text)
                if wanted:
                    pending.append((start, end, wanted))
            else:
                hits.append((end, self.every))
        return candidates

    def placed(
        self, pending: Iterable[tuple[int, int, _Wanted]], places: Places
    ) -> Iterator[tuple[int, int]]:
        """Give the offset behind each number, and the rules that can hold by it where it stands."""
        for start, end, wanted in pending:
            rules = self._anywhere
            if wanted.from_start:
                before = places.before(start, wanted.last)
                least, all_known = before or (0, False)
                for span in wanted.from_start:
                    if span.place == least or (span.place > least and not all_known):
                        rules |= span.rules
            if wanted.at_end and places.behind(end, wanted.most):
                rules |= wanted.at_end
            if rules:
                yield end, rules

    def _wanted(self, text: bytes) -> _Wanted | None:
        """Say at which places rules want a number; None where none does, or it is no number."""
        try:
            value = float(text)
        except ValueError:
            return None
        spans = [span for span in self._spans if span.low <= value <= span.high]
        if not spans and not self._anywhere:
            return None
        from_start = [span for span in spans if span.place >= 0]
        from_end = [span for span in spans if span.place < 0]
        last = max((span.place for span in from_start), default=0)
        most = max((-1 - span.place for span in from_end), default=0)
        return _Wanted(from_start, last, most, reduce(or_, (span.rules for span in from_end), 0))


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


class _Wanted(NamedTuple):
    """Hold at which places rules want a number.

    ``last`` is the farthest of those that are counted from the start. The rules ``at_end`` want
    it before no more than ``most`` tokens.
    """

    from_start: list[_Span]
    last: int
    most: int
    at_end: int


def _offset(found: tuple[int, Sign]) -> int:
    return found[0]
