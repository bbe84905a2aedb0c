"""What a store gives out beside matches and alerts."""

from __future__ import annotations

from dataclasses import dataclass

from trailbell.counts import Suppression
from trailbell.model import Rule

Waiting = tuple[str, int, int]
"""A match that is in no alert yet: its key, event time (milliseconds) and size (bytes)."""


@dataclass(frozen=True, slots=True)
class Window:
    """Hold a threshold's window: all distinct ``events`` of it, and the matches held back.

    The matches are in the order of their times.
    """

    destination: str
    rule: Rule
    events: int
    held: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """Name an alert that is owed, with the last reason why; ``matches`` are those that count.

    ``rule`` is the name of the rule that rings.
    """

    id: str
    destination: str
    matches: int
    attempts: int
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Say how many matches of a destination stand in a state, and when the last came to it.

    ``state`` is held, owed or delivered; ``last`` is in seconds since the epoch.
    """

    destination: str
    state: str
    matches: int
    last: float


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Say how many matches ended suppressed for the same cause, and when the last was seen.

    ``last`` is in seconds since the epoch.
    """

    cause: Suppression
    matches: int
    last: float


@dataclass(frozen=True, slots=True)
class PastRun:
    """Say when a run was (seconds since the epoch), and what it counted, as JSON.

    A run that was cut short has no ``ended`` and no ``report``.
    """

    started: float
    ended: float | None
    report: bytes | None
