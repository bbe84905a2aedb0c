"""Stories: which matches belong together, and how they are cut into alerts.

A story is the matches of one rule, one actor, one account and one outcome with no gap longer than
the window. Everything here goes by event time, so that a file, a replay and a live stream give
the same stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trailbell.stories import story_key, window_of

__all__ = ["LONGEST", "WINDOW", "cut", "story_key", "window_of"]

WINDOW = 300.0
"""Seconds without a match after which a story is over."""

LONGEST = 3_600.0
"""Seconds that a story lasts at most."""

# An alert is read by a person and held in memory; a longer story goes on in the next one.
MOST_MATCHES = 2_000
MOST_BYTES = 32 * 1024 * 1024


def cut(
    matches: Iterable[tuple[str, int, int]], window: float = WINDOW, longest: float = LONGEST
) -> Iterator[list[str]]:
    """Cut the matches of one story key into alerts.

    Each match is key, event time (milliseconds) and size (bytes), in the order of the times;
    ``window`` and ``longest`` are in seconds.
    """
    keys: list[str] = []
    first = last = size = 0
    for key, time, length in matches:
        over = (
            time - last > window * 1000
            or time - first > longest * 1000
            or len(keys) >= MOST_MATCHES
            or size + length > MOST_BYTES
        )
        if keys and over:
            yield keys
            keys = []
        if not keys:
            first, size = time, 0
        keys.append(key)
        last = time
        size += length
    if keys:
        yield keys
