"""The nouns that travel between the stages.

They are plain frozen values: a stage takes them in and gives new ones out.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from trailbell.pattern import Pattern, compile_pattern


@dataclass(frozen=True, slots=True)
class Origin:
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


@dataclass(frozen=True, slots=True)
class LogEvent:
    """Hold one log event as it stands in the log.

    ``timestamp`` is in milliseconds since the epoch, None for a line that carries none. ``id`` is
    unique within the log group or file. ``mended`` says that the message held bytes that were not
    UTF-8 and now holds U+FFFD in their place.
    """

    message: str
    id: str = ""
    timestamp: int | None = None
    origin: Origin = field(default_factory=Origin)
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Name a piece of input that gave no event: its place (file and position) and the reason."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Name a piece of input that holds no events by design."""

    place: str
    kind: Literal["control", "digest"]


@dataclass(frozen=True, slots=True)
class Remark:
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


@dataclass(frozen=True, slots=True)
class Threshold:
    """Hold back the matches of a story until ``count`` distinct events fall into one window."""

    count: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold a pattern with a name and what to do about a match.

    ``group_by`` replaces actor and account in what makes one story: ``actor``, ``account``,
    ``region``, ``source_ip``, ``event_name``, or a selector such as
    ``$.requestParameters.bucketName``. An empty tuple keeps actor and account.

    Raises PatternSyntaxError where the pattern is not legal.
    """

    name: str
    pattern: str
    title: str = ""
    severity: Severity = Severity.MEDIUM
    description: str = ""
    references: tuple[str, ...] = ()
    runbook: str = ""
    group_by: tuple[str, ...] = ()
    threshold: Threshold | None = None
    route: str = ""
    compiled: Pattern = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", compile_pattern(self.pattern))


@dataclass(frozen=True, slots=True)
class Clause:
    """Hold a condition of a pattern that decided a match, and the values that it selected."""

    text: str
    selected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Say that a rule held on an event."""

    rule: Rule
    event: LogEvent
