"""Put windows of four bytes into buckets, so that few places look like one of them.

The finder takes a place for a window of a bucket where each of its four bytes could be that of any
window in it, and could be by its halves: it knows which upper halves the windows have, and which
lower ones. So windows of one bucket are to be alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_

WINDOW = 4

_ROUNDS = 4
"""So often each window is given the best bucket, once all others have theirs."""

_NO_PLACES = (0,) * (2 * WINDOW)

_Places = Sequence[int]
"""Where each half of each byte of a window stands in the sample: a bit for each place at which the
window would begin."""


class Sample:
    """Know where bytes stand in a text that is like those that are looked through."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    def places(self, window: bytes) -> _Places:
        """Give where the halves of each byte of a window stand."""
        low, high = self._halves
        return [
            places >> at
            for at, byte in enumerate(window)
            for places in (low[byte & 15], high[byte >> 4])
        ]

    @cached_property
    def _halves(self) -> tuple[Sequence[int], Sequence[int]]:
        """Give where bytes stand, by the values of their lower and of their upper half."""
        return self._where(lambda byte: byte & 15), self._where(lambda byte: byte >> 4)

    def _where(self, half: Callable[[int], int]) -> list[int]:
        halves = [half(byte) for byte in range(256)]
        # The first place is the lowest bit, which is written last.
        backwards = self.text[::-1]
        return [
            int(backwards.translate(bytes(b"01"[value == own] for own in halves)), 2)
            for value in range(16)
        ]


def spread(windows: Iterable[bytes], sample: Sample, count: int) -> Mapping[bytes, int]:
    """Give each window one of so many buckets, by what a sample would take for it."""
    buckets = [_Bucket(len(sample.text)) for _ in range(count)]
    places = {window: sample.places(window) for window in windows}
    found: dict[bytes, int] = {}
    for _ in range(_ROUNDS):
        for window, own in places.items():
            if window in found:
                buckets[found[window]].remove(own)
            costs = [bucket.cost_of(own) for bucket in buckets]
            found[window] = costs.index(min(costs))
            buckets[found[window]].add(own)
    return found


class _Bucket:
    """Hold windows, and estimate how many places of a sample could be any of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._windows: list[_Places] = []
        self._taken: _Places = _NO_PLACES
        self._cost = 0.0

    def cost_of(self, window: _Places) -> float:
        """Say how much more it costs to hold a window too."""
        return self._estimated(list(map(or_, self._taken, window))) - self._cost

    def add(self, window: _Places) -> None:
        """Hold a window."""
        self._windows.append(window)
        self._taken = list(map(or_, self._taken, window))
        self._cost = self._estimated(self._taken)

    def remove(self, window: _Places) -> None:
        """Hold a window no longer."""
        self._windows.remove(window)
        self._taken = [
            reduce(or_, places) for places in zip(_NO_PLACES, *self._windows, strict=True)
        ]
        self._cost = self._estimated(self._taken)

    def _estimated(self, taken: _Places) -> float:
        # Counted, and where there is little to count, by how often each byte alone would do.
        places, share = -1, 1.0
        for low, high in zip(taken[::2], taken[1::2], strict=True):
            both = low & high
            places &= both
            share *= both.bit_count() / self._size
        return places.bit_count() + share * self._size
