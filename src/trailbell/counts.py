"""The counts of a run: every event and every match is in them, and they add up."""

from __future__ import annotations

import enum
import json
from collections import Counter
from dataclasses import dataclass, field


class Reason(enum.StrEnum):
    """Say why a match was suppressed; where several apply, the first of this order counts."""

    NOT_SENT = "not sent"
    DUPLICATE = "duplicate"
    TOO_OLD = "too old"
    MUTED = "muted"
    EXCEPTION = "exception"
    BELOW_THRESHOLD = "below threshold"


@dataclass(frozen=True, slots=True, order=True)
class Suppression:
    """Say which rule's matches were suppressed, and for which reason by name.

    ``name`` is that of the exception, or what the mute is for; ``why`` is the reason that people
    gave for it. ``mute`` is the id of the mute.
    """

    reason: Reason
    rule: str
    name: str = ""
    why: str = ""
    mute: str = ""

    def counted(self, matches: int) -> dict[str, str | int]:
        """Return what scripts get of it, with how many matches it kept back."""
        return {
            "reason": self.reason.value,
            "rule": self.rule,
            "name": self.name,
            "why": self.why,
            "matches": matches,
        }


@dataclass(slots=True)
class Counts:
    """Count what a run read and what became of it.

    ``out_of_range`` are the events before ``--since`` or after ``--until``, ``unrouted`` the
    matches that no route takes, which are among those not sent.
    ``matched`` and what follows count a match once per destination. At the end of a run
    matched + carried = delivered + sum of suppressed + owed.
    ``suppressions`` are those of the suppressed that something with a name kept back: an exception,
    a mute or a threshold. Of the matches not sent it holds those that would have been kept back.
    """

    events: int = 0
    records: int = 0
    control: int = 0
    digests: int = 0
    mended: int = 0
    unreadable: int = 0
    out_of_range: int = 0
    matched: int = 0
    unrouted: int = 0
    carried: int = 0
    delivered: int = 0
    suppressed: Counter[Reason] = field(default_factory=Counter)
    suppressions: Counter[Suppression] = field(default_factory=Counter)
    owed: int = 0
    alerts: int = 0
    messages: int = 0

    @property
    def add_up(self) -> bool:
        """Tell whether every match ended in exactly one way."""
        ended = self.delivered + self.suppressed.total() + self.owed
        return self.matched + self.carried == ended

    @property
    def reasons(self) -> list[tuple[Reason, int]]:
        """Return how many were suppressed for each reason that there was, in their order."""
        return [(reason, self.suppressed[reason]) for reason in Reason if self.suppressed[reason]]

    @property
    def named(self) -> list[tuple[Suppression, int]]:
        """Return the ``suppressions`` by their reasons, the largest of each reason first."""
        order = list(Reason)
        return sorted(
            self.suppressions.items(),
            key=lambda one: (order.index(one[0].reason), -one[1], one[0]),
        )

    def to_json(self) -> str:
        """Return the counts as one compact JSON object; ``suppressed`` holds what is not 0."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["suppressed"] = {reason.value: number for reason, number in self.reasons}
        values["suppressions"] = [one.counted(number) for one, number in self.named]
        return json.dumps(values, separators=(",", ":"))
