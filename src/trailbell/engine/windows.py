"""Choose by which four bytes each literal is recognised, and put these into buckets.

The finder looks for all windows at once, and then at each place that looks like one. Whatever is
chosen here, what is found is the same. What is chosen badly is looked at more often.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from trailbell.engine.buckets import WINDOW, Sample, spread
from trailbell.engine.literals import Level, encoded

_KEY = 8
"""So many bytes, from the window on, are told apart before literals are compared."""

_EACH = 7.0
"""What a window costs, in places of the sample, since it makes others look alike."""

_RECORDS = os.path.join(os.path.dirname(__file__), "sample.jsonl")  # noqa: PTH118, PTH120  pathlib takes 4 ms to import
"""What a trail is made of: some records of the demo."""

_ENTRY = b'{"id":"37000000000000000000001","timestamp":1700000000000,"message":"'
_ENTRIES = 3


def with_windows(
    literals: Sequence[bytes], level: Level, buckets: int
) -> list[tuple[bytes, int, int]]:
    """Give for each literal, of three bytes or more, the offset of its window and a bucket.

    ``level`` says how the bytes are written in which they are looked for.
    """
    sample = _sample(level)
    offsets = list(_offsets(literals, _common(level)))
    windows = [text[at : at + WINDOW] for text, at in zip(literals, offsets, strict=True)]
    whole = dict.fromkeys(window for window in windows if len(window) == WINDOW)
    chosen = spread(whole, sample, buckets)
    return [
        # The finder has a bucket for those that are shorter.
        (text, at, chosen.get(window, 0))
        for text, at, window in zip(literals, offsets, windows, strict=True)
    ]


@cache
def _sample(level: Level) -> Sample:
    with open(_RECORDS, encoding="ascii") as file:  # noqa: PTH123  as above
        text = encoded(file.read(), level)
    return Sample(_ENTRIES * _ENTRY + text if level is Level.PAYLOAD else text)


@cache
def _common(level: Level) -> Mapping[bytes, int]:
    """Count the windows and the keys of the sample."""
    text = _sample(level).text
    return Counter(_pieces(text, WINDOW) + _pieces(text, _KEY))


def _pieces(text: bytes, size: int) -> list[bytes]:
    return [text[at : at + size] for at in range(max(1, len(text) - size + 1))]


def _offsets(literals: Sequence[bytes], common: Mapping[bytes, int]) -> Iterator[int]:
    """Take of each literal a window that logs rarely hold, and many other literals do."""
    windows = [_pieces(text, WINDOW) for text in literals]
    shared = Counter(window for of_one in windows for window in set(of_one))
    costs = {window: (common.get(window, 0) + _EACH) / count for window, count in shared.items()}
    for text, of_one in zip(literals, windows, strict=True):
        # Where there are too few bytes for a whole key, the window alone is one.
        keys = _pieces(text, _KEY) + of_one[len(text) - _KEY + 1 :] if len(text) >= _KEY else of_one
        weighed = [costs[w] + common.get(key, 0) for w, key in zip(of_one, keys, strict=True)]
        yield weighed.index(min(weighed))
