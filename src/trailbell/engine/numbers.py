"""Know which numbers rules need, and at which places among the tokens of a message."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from trailbell.pattern.requires import NumberAt

# The end of a key, since only outside strings a quote has no backslash before it.
ODD_STARTS = [key + blank for key in (b'ge"', b'e":') for blank in (b" ", b"\t", b"\n", b"\r")]
"""What stands in a payload before a message where the writer puts white space around its colon.

The finder does not look for numbers there.
"""

_MOST_SPANS = 62
"""So many places are told apart by the finder; a number at another one is taken wherever it is."""

_ANYWHERE = 1 << _MOST_SPANS
_REMEMBERED = 4096


class NumberPlaces:
    """Know the rules that need a number, by its place and its value.

    ``rules`` are those that need a number; under None stand those that need any, anywhere. A set
    of rules is an integer with a bit for each. ``spans`` are what the finder is to look for,
    ``anywhere`` says whether it is to tell of numbers at other places as well.
    """

    def __init__(self, rules: Mapping[NumberAt | None, int]) -> None:
        self.every = 0
        anywhere = 0
        spans: dict[int, tuple[float, float]] = {}
        asking: dict[int, int] = {}
        for number, needing in rules.items():
            self.every |= needing
            if number is None or (number.place not in spans and len(spans) == _MOST_SPANS):
                anywhere |= needing
                continue
            low, high = spans.get(number.place, (math.inf, -math.inf))
            spans[number.place] = min(low, number.low), max(high, number.high)
            asking[number.place] = asking.get(number.place, 0) | needing
        self.spans = [(place, low, high) for place, (low, high) in spans.items()]
        self.anywhere = anywhere != 0
        self._bits = [(1 << bit, asking[place]) for bit, place in enumerate(spans)]
        self._bits.append((_ANYWHERE, anywhere))
        self.wanting = lru_cache(_REMEMBERED)(self._wanting)

    def _wanting(self, spans: int) -> int:
        """Give the rules that want a number, by the bits that the finder gives for it."""
        found = 0
        for bit, rules in self._bits:
            if spans & bit:
                found |= rules
        return found
