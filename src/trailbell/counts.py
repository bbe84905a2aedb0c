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
    BELOW_THRESHOLD = "below threshold"


@dataclass(slots=True)
class Counts:
    """Count what a run read and what became of it.

    ``out_of_range`` are the events before ``--since`` or after ``--until``, ``unrouted`` the
    matches that no route takes, which are among those not sent.
    ``matched`` and what follows count a match once per destination. At the end of a run
    matched + carried = delivered + sum of suppressed + owed.
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
    owed: int = 0
    alerts: int = 0
    messages: int = 0

    @property
    def add_up(self) -> bool:
        """Tell whether every match ended in exactly one way."""
        ended = self.delivered + self.suppressed.total() + self.owed
        return self.matched + self.carried == ended

    def to_json(self) -> str:
        """Return the counts as one compact JSON object; ``suppressed`` holds what is not 0."""
        suppressed = {reason.value: self.suppressed[reason] for reason in Reason}
        values = {name: getattr(self, name) for name in self.__slots__}
        values["suppressed"] = {name: number for name, number in suppressed.items() if number}
        return json.dumps(values, separators=(",", ":"))
