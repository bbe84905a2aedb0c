"""Find tokens that are numbers, and rule out by their places what asks for them elsewhere."""

from __future__ import annotations

import enum
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from trailbell.engine.literals import Level, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_DIGITS = b"0123456789+-."
_MESSAGE = b'"message":"'
_TAIL = 200
"""Of what stands behind a number so many bytes are looked at."""

# Behind an opening quote or bracket: nothing but a number up to what closes it, or right behind
# that the next token. In a payload the first quote in a message is the first with a backslash
# before it, that of the message's end being the only other. What is long may have either.
_IN_QUOTES, _IN_BRACKETS = (
    re.compile(
        rb'[0-9.eE+\-]*+\\?%s|[^%s]{0,1000}+(?:%s(?:[0-9.+\-\[]|\\?")|[^%s]|\Z)' % ((closer,) * 4)
    )
    for closer in (b'"', rb"\]")
)


class Where(enum.Enum):
    """Say where a number stands that was found."""

    BEHIND_BLANK = enum.auto()
    FIRST = enum.auto()
    ANYWHERE = enum.auto()


class Sign(NamedTuple):
    """Hold what it means that a regex was found.

    With an opening quote or bracket, ``ahead`` says how far behind it the find ends, and
    ``behind`` what must stand right behind it.
    """

    where: Where = Where.ANYWHERE
    behind: re.Pattern[bytes] | None = None
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
    found |= dict.fromkeys((verbatim(_MESSAGE + d) for d in _each(_DIGITS)), Sign(Where.FIRST))
    found |= dict.fromkeys((verbatim(e + d) for e in escapes for d in _each(_DIGITS)), Sign())
    # Between key and value an odd writer puts white space.
    blanks = (b" ", b"\t", b"\n", b"\r")
    odd = (verbatim(b'"message"' + colon + blank) for colon in (b"", b":") for blank in blanks)
    found |= dict.fromkeys(odd, Sign())
    for before in (*escapes, _MESSAGE):
        found |= _openers(before, b'\\"')
    # Such a bracket with each byte that may follow: of ASCII, or the first of another character.
    brackets = (verbatim(b" [" + byte) for byte in _each((*range(0x20, 0x80), *range(0xC2, 0xF5))))
    found |= dict.fromkeys(brackets, Sign(behind=_IN_BRACKETS, ahead=1))
    found[verbatim(b' \\"')] = Sign(behind=_IN_QUOTES)
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
        verbatim(before + quote): Sign(behind=_IN_QUOTES),
        verbatim(before + b"["): Sign(behind=_IN_BRACKETS),
    }


def _each(numbers: Iterable[int]) -> list[bytes]:
    return [bytes([number]) for number in numbers]


class NumberPlaces:
    """Know at which place among the tokens of a message rules need a number.

    ``rules`` are those that need one at a place, counted from 0, or from -1 backwards; under None
    stand those that need one anywhere. A set of rules is an integer with a bit for each.
    """

    def __init__(self, rules: Mapping[int | None, int]) -> None:
        self.every = self._anywhere = rules.get(None, 0)
        self._from_start: dict[int, int] = {}
        self._from_end = 0
        for place, needing in rules.items():
            self.every |= needing
            if place is not None and place >= 0:
                self._from_start[place] = needing
            elif place is not None:
                self._from_end |= needing
        self._last = max(self._from_start, default=-1)
        # So many tokens stand at most behind a number that is counted from the end.
        self._most_behind = -1 - min((p for p in rules if p is not None), default=0)

    def hits(
        self, data: bytes | bytearray, found: list[tuple[int, Sign]], level: Level
    ) -> Iterator[tuple[int, int]]:
        """Give the offset behind each number that was found, and the rules that it is enough for.

        Of what is found in a payload, the place among the tokens is asked.
        """
        found.sort(key=_offset)
        openers = [offset - sign.ahead for offset, sign in found if sign.behind]
        for offset, sign in found:
            if sign.behind:
                if sign.behind.match(data, offset - sign.ahead):
                    yield offset - sign.ahead, self.every
            elif sign.where is Where.FIRST:
                yield offset, self._anywhere | self._from_start.get(0, 0) | self._from_end
            elif level is Level.PAYLOAD and sign.where is Where.BEHIND_BLANK:
                if rules := self._possible(data, offset, openers):
                    yield offset, rules
            else:
                yield offset, self.every

    def _possible(self, data: bytes | bytearray, end: int, openers: Sequence[int]) -> int:
        """Give the rules that can hold by a number behind a blank; ``end`` is behind what ends it.

        What stands between blanks holds a token or more, since escaped white space parts tokens
        too. Only quotes and brackets hold blanks: there ``openers`` has an offset.
        """
        start = data.rfind(_MESSAGE, 0, end) + len(_MESSAGE)
        if start < len(_MESSAGE):
            return self.every
        opened = bisect_right(openers, start)
        opener = openers[opened] if opened < len(openers) else end
        text = data[start : min(end, opener)]
        rules = self._anywhere
        # Without the number itself, or else what stands in quotes or brackets.
        least = _least(text, self._last + 2) - 1
        if least <= self._last:
            # With as many quotes as backslashes nothing else is escaped.
            exact = opener >= end and text.count(b"\\") == text.count(b'"', 0, -1)
            for place, needing in self._from_start.items():
                if place == least or (place > least and not exact):
                    rules |= needing
        if self._from_end and (
            _any_within(openers, end, end + _TAIL)
            or _least(_until_quote(data[end - 1 : end + _TAIL]), self._most_behind + 1)
            <= self._most_behind
        ):
            rules |= self._from_end
        return rules


def _least(text: bytes | bytearray, most: int) -> int:
    """Say how many tokens a text holds at least, if no quotes or brackets stand around any.

    It is not looked for more than ``most``. What begins with an escape may be white space alone.
    """
    pieces = text.split(None, most)[:most]
    return len(pieces) - sum(piece[0] == _BACKSLASH and piece[1:2] in _SPACES for piece in pieces)


_BACKSLASH = ord("\\")
_SPACES = (b"t", b"n", b"r", b"f")


def _until_quote(text: bytes | bytearray) -> bytes | bytearray:
    """Give a text in a JSON string up to where the string ends."""
    return text.replace(b"\\\\", b"..").replace(b'\\"', b"..").partition(b'"')[0]


def _offset(found: tuple[int, Sign]) -> int:
    return found[0]


def _any_within(offsets: Sequence[int], start: int, end: int) -> bool:
    return bisect_right(offsets, start) < bisect_right(offsets, end)
