"""Stories: which matches belong together, and how they are cut into alerts.

A story is the matches of one rule, one actor, one account and one outcome with no gap longer than
the window. Everything here goes by event time, so that a file, a replay and a live stream give
the same stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trailbell.model import LogEvent, Rule
from trailbell.record import digest, facet, read_record

WINDOW = 300.0
"""Seconds without a match after which a story is over."""

LONGEST = 3_600.0
"""Seconds that a story lasts at most."""

# An alert is read by a person and held in memory; a longer story goes on in the next one.
MOST_MATCHES = 2_000
MOST_BYTES = 32 * 1024 * 1024


def story_key(rule: Rule, event: LogEvent) -> str:
    """Return what the matches of a story have in common, as a hash."""
    record = read_record(event.message)
    if record is None:
        origin = event.origin
        if origin.log_group:
            # Two accounts may well have log groups of one name.
            return digest(rule.name, "log", origin.account, origin.log_group)
        return digest(rule.name, "file", origin.path)
    names = rule.group_by or ("actor", "account")
    return digest(rule.name, record.outcome, *(facet(record, event, name) for name in names))


def window_of(rule: Rule, time: int) -> int | None:
    """Return the start of the threshold's window that a time falls into, None without one.

    Both are in milliseconds since the epoch; windows are aligned to the epoch, as the periods of
    CloudWatch alarms are.
    """
    if rule.threshold is None:
        return None
    length = max(1, round(rule.threshold.within.total_seconds() * 1000))
    return time - time % length


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
