"""Count the tokens before a number and behind it, in the bytes as they are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

_MESSAGE_START = b'"message":"'
_FARTHEST, _TAIL = 16_384, 200
"""So many bytes are looked at before a number and behind it."""

_BACKSLASH = ord("\\")
_ESCAPED_SPACES = (rb"\t", rb"\n", rb"\r", rb"\f")
_OPENING = b'"['


class Places(Protocol):
    """Know between which tokens of its message a number stands, in one way of writing messages."""

    def before(self, start: int, last: int) -> tuple[int, bool] | None:
        """Say how many tokens stand before a number at least, and whether that is all of them.

        More than ``last + 1`` are not looked for. None where nothing is known.
        """

    def behind(self, end: int, most: int) -> bool:
        """Tell whether no more than ``most`` tokens may stand behind a number."""


class InPayload:
    """Know the places of numbers in a payload, where messages are JSON strings.

    ``openers`` are the offsets right behind quotes and brackets that open tokens, in their order.
    What stands between blanks holds a token or more, since escaped white space parts tokens too.
    Only quotes and brackets hold blanks.
    """

    def __init__(self, data: bytes | bytearray, openers: Sequence[int]) -> None:
        self._data, self._openers = data, openers

    def before(self, start: int, last: int) -> tuple[int, bool] | None:
        """Say how many tokens stand before a number at least, and whether that is all of them."""
        data, openers = self._data, self._openers
        begin = data.rfind(_MESSAGE_START, max(0, start - _FARTHEST), start) + len(_MESSAGE_START)
        if begin < len(_MESSAGE_START):
            return None
        opened = bisect_right(openers, begin)
        if opened < len(openers) and openers[opened] < start:
            # Without the opening sign, which stands in a piece of its own.
            return _pieces(bytes(data[begin : openers[opened]]), last + 2) - 1, False
        text = bytes(data[begin:start])
        least = _pieces(text, last + 1)
        # With as many quotes as backslashes nothing else is escaped, and all tokens are known.
        return least, least < last and text.count(b"\\") == text.count(b'"')

    def behind(self, end: int, most: int) -> bool:
        """Tell whether no more than ``most`` tokens may stand behind a number."""
        opened = bisect_right(self._openers, end)
        if opened < bisect_right(self._openers, end + _TAIL):
            return True
        tail = bytes(self._data[end - 1 : end + _TAIL])
        tail = tail.replace(b"\\\\", b"..").replace(b'\\"', b"..").partition(b'"')[0]
        return _pieces(tail, most + 1) <= most


class InRecords:
    """Know the places of numbers in texts that lie one byte apart, and begin with a bracket each.

    ``ends`` are the offsets at which the texts end.
    """

    def __init__(self, data: bytes | bytearray, ends: Sequence[int], start: int) -> None:
        self._data, self._ends, self._start = data, ends, start

    def before(self, start: int, last: int) -> tuple[int, bool] | None:
        """Say how many tokens stand before a number at least, and whether that is all of them."""
        place = bisect_left(self._ends, start)
        begin = self._ends[place - 1] + 1 if place else self._start
        if start - begin > _FARTHEST:
            return None
        return _tokens(bytes(self._data[begin:start]), last + 1)

    def behind(self, end: int, most: int) -> bool:
        """Tell whether no more than ``most`` tokens may stand behind a number."""
        stop = self._ends[bisect_left(self._ends, end - 1)]
        return _tokens(bytes(self._data[end - 1 : min(stop, end + _TAIL)]), most + 1)[0] <= most


def _pieces(text: bytes, most: int) -> int:
    """Say how many tokens a text in a JSON string holds at least, without quotes around any.

    It is not looked for more than ``most``. What begins with an escape may be white space alone.
    """
    pieces = text.split(None, most)[:most]
    escapes = [piece for piece in pieces if piece[0] == _BACKSLASH]
    return len(pieces) - sum(piece.startswith(_ESCAPED_SPACES) for piece in escapes)


def _tokens(text: bytes, most: int) -> tuple[int, bool]:
    """Say how many tokens stand before the first quote or bracket that opens one, ``most`` at most.

    Tells as well whether there is none.
    """
    pieces = text.split(None, most)[:most]
    for number, piece in enumerate(pieces):
        if piece[0] in _OPENING:
            return number, False
    return len(pieces), True
