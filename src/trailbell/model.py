"""The nouns that travel between the stages.

They are plain frozen values: a stage takes them in and gives new ones out.
"""

from __future__ import annotations

import enum
import functools
from datetime import date, timedelta
from typing import Literal

import msgspec

from trailbell.pattern import Message, Pattern, compile_pattern


# Every line of a log becomes one of these two: msgspec makes them ten times as fast as dataclasses.
# Nothing in them can lead back to them, so that the garbage collector need not look.
class Origin(msgspec.Struct, frozen=True, gc=False):
    """Say where an event comes from; what is not known is empty.

    ``account``, ``region``, ``log_group`` and ``log_stream`` are those of CloudWatch Logs. Events
    of a file have its ``path`` as the user gave it (``-`` for stdin), and ``position``: the number
    of the line, or of the record in a trail file, from 1.
    """

    account: str = ""
    region: str = ""
    log_group: str = ""
    log_stream: str = ""
    path: str = ""
    position: int = 0


class LogEvent(msgspec.Struct, frozen=True, gc=False):
    """Hold one log event as it stands in the log.

    ``timestamp`` is in milliseconds since the epoch, None for a line that carries none. ``id`` is
    unique within the log group or file. ``mended`` says that the message held bytes that were not
    UTF-8 and now holds U+FFFD in their place.
    """

    message: str
    id: str = ""
    timestamp: int | None = None
    origin: Origin = Origin()
    mended: bool = False


class Unreadable(msgspec.Struct, frozen=True):
    """Name a piece of input that gave no event: its place (file and position) and the reason."""

    place: str
    reason: str


class PassedOver(msgspec.Struct, frozen=True):
    """Name a piece of input that holds no events by design."""

    place: str
    kind: Literal["control", "digest"]


class Remark(msgspec.Struct, frozen=True):
    """Carry a warning about input that was read all the same."""

    place: str
    text: str


Decoded = LogEvent | Unreadable | PassedOver | Remark
"""What decoding a piece of input gives, in the order of the input."""


class Severity(enum.StrEnum):
    """Order how loud a rule is, from ``info`` to ``critical``."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Threshold(msgspec.Struct, frozen=True):
    """Hold back the matches of a story until ``count`` distinct events fall into one window."""

    count: int
    within: timedelta


class NamedPattern(msgspec.Struct, frozen=True):
    """Hold one of the patterns of a rule; a rule's only pattern has no name."""

    name: str
    text: str

    @property
    def compiled(self) -> Pattern:
        """Return the compiled pattern; it is compiled once however often it is asked for."""
        return _compiled(self.text)


class RuleException(msgspec.Struct, frozen=True):
    """Say what a rule does not ring for, and why; its matches are counted under its name.

    It holds where the ``pattern`` does, or where of each of the ``values``, a name of ``group_by``
    with what it may be, one fits; ``*`` in a value stands for any text. ``until`` is the last day,
    in UTC and by the time of the event, on which it holds.

    Raises PatternSyntaxError where the pattern is not legal.
    """

    name: str
    reason: str
    pattern: str = ""
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    until: date | None = None

    def __post_init__(self) -> None:
        if not self.values:
            _compiled(self.pattern)

    @property
    def compiled(self) -> Pattern:
        """Return the compiled pattern; it is compiled once however often it is asked for."""
        return _compiled(self.pattern)


class Rule(msgspec.Struct, frozen=True):
    """Hold what is looked for, with a name and what to do about a match.

    A rule has a ``pattern``, or several ``patterns`` of which any may hold. ``group_by`` replaces
    actor and account in what makes one story: ``actor``, ``account``, ``region``, ``source_ip``,
    ``event_name``, ``event_source``, or a selector such as ``$.requestParameters.bucketName``. An
    empty tuple keeps actor and account. A match that one of the ``exceptions`` holds for is counted
    and not sent.

    Raises PatternSyntaxError where a pattern is not legal.
    """

    name: str
    pattern: str = ""
    title: str = ""
    severity: Severity = Severity.MEDIUM
    description: str = ""
    references: tuple[str, ...] = ()
    runbook: str = ""
    group_by: tuple[str, ...] = ()
    threshold: Threshold | None = None
    route: str = ""
    patterns: tuple[NamedPattern, ...] = ()
    exceptions: tuple[RuleException, ...] = ()

    def __post_init__(self) -> None:
        for one in self.any_of:
            _compiled(one.text)

    @property
    def any_of(self) -> tuple[NamedPattern, ...]:
        """Return the patterns of which any may hold; there is at least one."""
        return self.patterns or (NamedPattern("", self.pattern),)

    def holding(self, message: str | Message) -> NamedPattern | None:
        """Return the first pattern that holds on a message, None where none does."""
        read = message if isinstance(message, Message) else Message(message)
        return next((one for one in self.any_of if one.compiled.matches(read)), None)


class Clause(msgspec.Struct, frozen=True):
    """Hold a condition of a pattern that decided a match, and the values that it selected."""

    text: str
    selected: tuple[str, ...] = ()


class Match(msgspec.Struct, frozen=True, gc=False):
    """Say that a rule held on an event, and the clauses that decided it.

    ``pattern`` is the name of the first of the rule's patterns that holds, in their order.
    """

    rule: Rule
    event: LogEvent
    clauses: tuple[Clause, ...] = ()
    pattern: str = ""

    @property
    def compiled(self) -> Pattern:
        """Return the compiled pattern that holds."""
        return next(one.compiled for one in self.rule.any_of if one.name == self.pattern)


class Sighting(msgspec.Struct, frozen=True):
    """Hold a match on its way to one destination, as the store writes it down.

    ``key`` is what makes two matches the same, ``event`` what makes two events the same, ``story``
    what belongs together, ``time`` the event time in milliseconds since the epoch. ``window`` is
    the start of the threshold's window in the same unit, None for a rule without a threshold.
    """

    key: str
    event: str
    destination: str
    story: str
    time: int
    window: int | None
    match: Match


class Alert(msgspec.Struct, frozen=True):
    """Hold what people get: the matches of one story, or of a part of it.

    All ``matches`` are of one rule and in the order of their event times; there is at least one.
    Every event has a timestamp, and no credential stands in its message. ``id`` is short, and the
    same over retries. ``number`` says the how manieth alert of its rule this is within 24 hours.
    """

    id: str
    destination: str
    matches: tuple[Match, ...]
    number: int = 1

    @property
    def rule(self) -> Rule:
        """Return the rule that all matches are of."""
        return self.matches[0].rule


@functools.lru_cache(maxsize=16_384)
def _compiled(pattern: str) -> Pattern:
    """Compile a pattern once, however many copies of its rule travel."""
    return compile_pattern(pattern)
