"""Count the work of an engine."""

from __future__ import annotations

import msgspec


class EngineCounts(msgspec.Struct):
    """Hold how much an engine did, since it was made.

    ``batches``: payloads, trail files and lists of events. ``fallbacks``: those of them that did
    not look as expected, so that every event was taken out of them. ``located``: events that were
    taken out of a batch for what they hold, among all that it has. ``glanced``: records of which
    the fields that rules name were read. ``parsed``: records that were read as a whole.
    ``evaluated``: plain evaluations of one rule on one event. ``unreadable``: payloads and files
    that cannot be read, or would inflate past the cap, and records of a trail file that are none.
    Threads that share an engine may lose a count to one another.
    """

    batches: int = 0
    fallbacks: int = 0
    located: int = 0
    glanced: int = 0
    parsed: int = 0
    evaluated: int = 0
    unreadable: int = 0
