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
from trailbell.engine.numbers import NumberPlaces, Sign, number_signs

if TYPE_CHECKING:
    from collections.abc import Mapping

Hit = tuple[int, int]
"""The offset behind what was found, in bytes, and the rules that need it, a bit for each."""

_Follows = tuple[bytes, int]

LISTS = b'[{"'
"""The start of a list of objects, if JSON is written without blanks and not within a string."""


class Found(NamedTuple):
    """Hold the hits in the order of their offsets, and how many lists of objects begin."""

    hits: list[Hit]
    lists: int


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
        """Give what is found in the data."""
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
        hits += self._numbers.hits(data, numbers, self._level)
        hits.sort()
        return Found(hits, lists)


def _filler(number: int) -> bytes:
    """Make a literal that stands in no text in UTF-8."""
    return rb"\xf5\xf6\x%02x\xf7\xf8\xf9\xfa\xfb" % number
