"""Find what rules need in a whole batch of messages, in one scan."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import hyperscan

from trailbell.engine.literals import (
    ESCAPE,
    ESCAPED,
    Level,
    cut,
    encoded,
    verbatim,
)
from trailbell.engine.numbers import Candidates, NumberPlaces, Sign, number_signs
from trailbell.engine.places import InPayload, Places

if TYPE_CHECKING:
    from collections.abc import Mapping

Hit = tuple[int, int]
"""The offset behind what was found, in bytes, and the rules that need it, a bit for each."""

_Follows = tuple[bytes, int]

LISTS = b'[{"'
"""The start of a list of objects, if JSON is written without blanks and not within a string."""


class Found(NamedTuple):
    """Hold the hits, how many lists of objects begin, and the numbers that were found.

    ``hits`` are those of the numbers as well, and in the order of their offsets, once these are
    placed.
    """

    hits: list[Hit]
    lists: int
    numbers: Candidates

    def last(self) -> int:
        """Give the offset behind the last find, 0 where there is none."""
        ends = [end for end, _ in self.hits]
        return max((*ends, *(end for _, end, _ in self.numbers.pending)), default=0)


# The scanner's tables for few literals are slower than those for many, by what was measured.
_FEWEST = 64


class Patterns:
    """Scan bytes for a list of regexes.

    Threads share it: each makes its own working space.
    """

    def __init__(self, expressions: list[bytes]) -> None:
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=expressions,
            ids=list(range(len(expressions))),
            flags=[hyperscan.HS_FLAG_DOTALL] * len(expressions),
        )
        self._local = threading.local()

    def ends(self, data: bytes | bytearray | memoryview) -> list[tuple[int, int]]:
        """Give the offset behind each find, and the place of its regex, in any order."""
        found: list[tuple[int, int]] = []
        append = found.append

        def keep(place: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append((end, place))

        try:
            scratch = self._local.scratch
        except AttributeError:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        # The stub has it for bytes and for text, but any buffer is taken.
        self._database.scan(data, match_event_handler=keep, scratch=scratch)  # type: ignore[type-var]
        return found


class Scanner:
    """Find the rules that may hold, by the runs of characters that they need.

    ``runs`` says which rules need a run, ``numbers`` which need a token that is a number.
    ``hidden`` are those that may hold where a character is escaped without need. A set of rules is
    an integer with a bit for each.
    """

    def __init__(
        self, runs: Mapping[str, int], numbers: NumberPlaces, hidden: int, level: Level
    ) -> None:
        # What is scanned for → what must follow it, and the rules of that.
        scanned: dict[bytes, list[_Follows]] = {}
        for run, rules in runs.items():
            end = cut(run)
            start, rest = (encoded(part, level) for part in (run[:end], run[end:]))
            scanned.setdefault(verbatim(start), []).append((rest, rules))
        # In a trail file most records have such a list, and nobody asks for them.
        lists = verbatim(LISTS) if level is Level.PAYLOAD else _filler(_FEWEST)
        escape = verbatim(ESCAPE)
        scanned.update({lists: [], escape: []})
        scanned.update((_filler(number), []) for number in range(_FEWEST - len(scanned)))
        signs = number_signs(level) if numbers.every else {}
        self._follows = list(scanned.values())
        self._signs: list[Sign] = list(signs.values())
        self._lists, self._escape = map(list(scanned).index, (lists, escape))
        self._hidden, self._numbers, self._level = hidden, numbers, level
        self._patterns = Patterns([*scanned, *signs])

    def scan(self, data: bytes | bytearray) -> Found:
        """Give what is found in the data, of numbers what can stand at its place."""
        found = self.find(data)
        numbers = found.numbers
        places = InPayload(data, numbers.openers) if self._level is Level.PAYLOAD else None
        return found._replace(hits=self.placed(found, places))

    def find(self, data: bytes | bytearray) -> Found:
        """Give what is found in the data, but for the numbers of which the place is to be asked."""
        hits, lists = [], 0
        numbers: list[tuple[int, Sign]] = []
        follows, signs = self._follows, self._signs
        for offset, place in self._patterns.ends(data):
            if place == self._lists:
                lists += 1
            elif place == self._escape:
                if bytes(data[offset : offset + 2]) in ESCAPED:
                    hits.append((offset + 2, self._hidden))
            elif place >= len(follows):
                numbers.append((offset, signs[place - len(follows)]))
            else:
                for rest, rules in follows[place]:
                    if data.startswith(rest, offset):
                        hits.append((offset, rules))
        candidates = self._numbers.candidates(data, numbers)
        hits += candidates.hits
        return Found(hits, lists, candidates)

    def placed(self, found: Found, places: Places | None) -> list[Hit]:
        """Give the hits in the order of their offsets, with the numbers that were left.

        Without ``places`` a number may stand anywhere.
        """
        hits, pending = found.hits, found.numbers.pending
        if places:
            hits += self._numbers.placed(pending, places)
        else:
            hits += [(end, self._numbers.every) for _, end, _ in pending]
        hits.sort()
        return hits


def _filler(number: int) -> bytes:
    """Make a literal that stands in no text in UTF-8."""
    return rb"\xf5\xf6\x%02x\xf7\xf8\xf9\xfa\xfb" % number
