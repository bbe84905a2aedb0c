"""Which exception of a rule holds on an event: its match is counted, with the reason, not sent."""

from __future__ import annotations

import fnmatch
from datetime import UTC, datetime, timedelta

from trailbell.model import LogEvent, Rule, RuleException
from trailbell.pattern import Message
from trailbell.record import Record, facet, read_record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def exception_for(rule: Rule, event: LogEvent, time: int) -> RuleException | None:
    """Return the first exception of a rule that holds on an event, None where none does.

    ``time`` is the event time in milliseconds: an exception holds up to the end of its last day, in
    UTC, so that a replay gives the answer of the day.
    """
    if not rule.exceptions:
        return None
    day = (_EPOCH + timedelta(milliseconds=time)).date()
    message = Message(event.message)
    record = read_record(event.message) or Record(message.document or {})
    for exception in rule.exceptions:
        if exception.until is not None and day > exception.until:
            continue
        if (
            _values_fit(exception, record, event)
            if exception.values
            else (exception.compiled.matches(message))
        ):
            return exception
    return None


def _values_fit(exception: RuleException, record: Record, event: LogEvent) -> bool:
    """Tell whether of each name one value fits what the event says under it."""
    return all(_fits(facet(record, event, name), values) for name, values in exception.values)


def _fits(found: str, values: tuple[str, ...]) -> bool:
    """Tell whether one of some values is what was found; what is not there fits none."""
    return bool(found) and any(fnmatch.fnmatchcase(found, _glob(value)) for value in values)


def _glob(value: str) -> str:
    """Return a value as fnmatch takes it: of its signs, only the asterisk means something here."""
    return value.replace("[", "[[]").replace("?", "[?]")
