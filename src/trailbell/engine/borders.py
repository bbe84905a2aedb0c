"""Join messages to one text that is scanned at once, and know where they stand in such a text."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

Hit = tuple[int, int]
"""The offset behind what was found, in bytes, and the rules that need it, a bit for each."""


_BORDER = b"\0"


class Borders:
    """Hold where messages stand, with one byte between two of them.

    ``start`` is where the first begins. ``ends`` are the offsets at which they end, unsigned
    integers of 64 bits.
    """

    def __init__(self, start: int, ends: bytes | array[int]) -> None:
        self.start = start
        self.ends = memoryview(ends).cast("B").cast("Q")

    def span(self, place: int) -> tuple[int, int]:
        """Give where a message begins and ends, by its place among all."""
        return (self.ends[place - 1] + 1 if place else self.start), self.ends[place]

    def rules_by_place(self, hits: Iterable[Hit]) -> dict[int, int]:
        """Give the rules of the hits for each message that has any, by its place.

        The hits come in the order of their offsets. What reaches beyond all messages is in none.
        """
        found: dict[int, int] = {}
        place, ends = 0, self.ends
        for offset, rules in hits:
            place = bisect_left(ends, offset, place)
            if place == len(ends):
                break
            found[place] = found.get(place, 0) | rules
        return found


def joined(messages: Sequence[str]) -> tuple[bytes, Borders]:
    """Join messages to one text, and say where they stand in it.

    The text begins with the border that stands between two messages, and ends with it.
    """
    encoded = [message.encode("utf-8", "surrogatepass") for message in messages]
    ends = array("Q", accumulate(len(text) + len(_BORDER) for text in encoded))
    return b"".join((_BORDER, _BORDER.join(encoded), _BORDER)), Borders(len(_BORDER), ends)
