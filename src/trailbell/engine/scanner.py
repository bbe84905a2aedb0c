"""Find what rules need in a whole batch of messages, in one scan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from trailbell.engine.borders import Borders, Hit
from trailbell.engine.bytescan import Finder
from trailbell.engine.literals import ESCAPE, ESCAPED, Level, encoded
from trailbell.engine.numbers import ODD_STARTS, NumberPlaces
from trailbell.engine.windows import with_windows

_LISTS = [before + b'[{"' for before in (b":", b",", b"[", b" ", b"\t", b"\n", b"\r")]
"""The start of a list of objects behind all that may stand before it, if not within a string."""

_NO_NUMBERS, _IN_MESSAGES, _IN_PAYLOADS = range(3)
_BUCKETS = (8, 6, 5)
"""How many buckets the finder has for literals, by how it looks for numbers."""


class Found(NamedTuple):
    """Hold the hits of texts, how many lists of objects begin, and the numbers that were found."""

    hits: list[Hit]
    lists: int
    numbers: bytes

    @property
    def nothing(self) -> bool:
        """Tell whether no rule can hold."""
        return not self.hits and not self.numbers


class Scanner:
    """Find the rules that may hold, by the runs of characters that they need.

    ``runs`` says which rules need a run, ``numbers`` which need a token that is a number.
    ``hidden`` are those that may hold where a character is escaped without need. A set of rules is
    an integer with a bit for each.
    """

    def __init__(
        self, runs: Mapping[str, int], numbers: NumberPlaces, hidden: int, level: Level
    ) -> None:
        in_payloads = level is Level.PAYLOAD
        literals = [encoded(run, level) for run in runs]
        self._rules = list(runs.values())
        if in_payloads and numbers.every:
            literals += ODD_STARTS
            self._rules += [numbers.every] * len(ODD_STARTS)
        # Behind those of the rules. In a trail file most records have a list, and nobody asks.
        literals += [ESCAPE, *_LISTS] if in_payloads else [ESCAPE]
        self._escape = len(self._rules)
        self._hidden, self._wanting = hidden, numbers.wanting
        kind = (_IN_PAYLOADS if in_payloads else _IN_MESSAGES) if numbers.every else _NO_NUMBERS
        placed = with_windows(literals, level, _BUCKETS[kind])
        self._finder = Finder(placed, kind, numbers.spans, numbers.anywhere)

    def find(self, data: bytes | bytearray) -> Found:
        """Give what is found in the data; of the numbers it is still to be asked where they are."""
        hits, lists = [], 0
        rules, escape = self._rules, self._escape
        literals, numbers = self._finder.find(data)
        for offset, place in literals:
            if place < escape:
                hits.append((offset, rules[place]))
            elif place > escape:
                lists += 1
            elif bytes(data[offset : offset + 2]) in ESCAPED:
                hits.append((offset + 2, self._hidden))
        return Found(hits, lists, numbers)

    def placed(
        self, data: bytes | bytearray, found: Found, borders: Borders | None = None
    ) -> list[Hit]:
        """Give the hits in the order of their offsets, with the numbers where they are wanted.

        ``borders`` are those of the messages; in a payload there are none.
        """
        if not found.numbers:
            return sorted(found.hits)
        where = (borders.start, borders.ends) if borders else ()
        numbers = self._finder.placed(data, found.numbers, *where)
        wanting = self._wanting
        return sorted(found.hits + [(end, wanting(spans)) for end, spans in numbers])
