"""Find what rules need in a whole batch of messages, in one scan."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import hyperscan

from trailbell.engine.literals import (
    ESCAPES,
    Level,
    expression,
    number_starts,
    number_tokens,
    verbatim,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Hit = tuple[int, int]
"""The offset behind what was found, in bytes, and its place among the masks of the scanner."""

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

    def hits(self, data: bytes | bytearray) -> list[Hit]:
        """Give where each regex ends in the data, in any order."""
        found: list[Hit] = []
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

    ``runs`` says which rules need a run. ``numbers`` are the rules that need a token that is a
    number, ``hidden`` those that may hold where a character is escaped without need. A set of
    rules is an integer with a bit for each.
    """

    def __init__(self, runs: Mapping[str, int], numbers: int, hidden: int, level: Level) -> None:
        expressions = [*(expression(run, level) for run in runs), ESCAPES]
        self.masks = [*runs.values(), hidden]
        self._tokens: list[Patterns] = []
        if numbers:
            self._numbers = len(self.masks)
            starts = [verbatim(text) for text in number_starts(level)]
            expressions += starts
            self.masks += [numbers] * (1 + len(starts))
            expressions.insert(self._numbers, _filler(0xFF))
            self._tokens = [Patterns([token]) for token in number_tokens(level)]
        fillers = range(len(expressions), _FEWEST)
        self._patterns = Patterns(expressions + [_filler(number) for number in fillers])
        self.masks += [0] * len(fillers)

    def hits(self, data: bytes | bytearray) -> list[Hit]:
        """Give what is found in the data, in the order of the offsets."""
        found = self._patterns.hits(data)
        for patterns in self._tokens:
            found += [(offset, self._numbers) for offset, _ in patterns.hits(data)]
        found.sort()
        return found


def _filler(number: int) -> bytes:
    """Make a literal that stands in no text in UTF-8."""
    return rb"\xf5\xf6\x%02x\xf7\xf8\xf9\xfa\xfb" % number
