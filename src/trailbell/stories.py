"""What makes matches one story, and which window of a threshold a time falls into."""

from __future__ import annotations

from datetime import timedelta

from trailbell.model import LogEvent, Rule
from trailbell.record import digest, facet, read_record

LONGEST_WINDOW = timedelta(days=30)
"""How long a threshold's window may be: what is held back is remembered for so long."""


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
