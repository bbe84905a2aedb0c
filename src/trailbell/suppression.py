"""Which mute, or which exception of a rule, keeps a match back: it is counted, with the reason."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from trailbell.counts import Reason, Suppression
from trailbell.durations import format_duration
from trailbell.model import LogEvent, Match, Rule, RuleException
from trailbell.mutes import Mute
from trailbell.pattern import Message
from trailbell.record import Record, facet, read_record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def kept_back(match: Match, time: int, mutes: Sequence[Mute], now: float) -> Suppression | None:
    """Return what keeps a match back: a mute, else an exception of its rule; None where nothing.

    ``time`` is the event time in milliseconds, which exceptions go by; ``now``, in seconds, is
    that of the clock, which mutes go by.
    """
    rule = match.rule
    mute = mute_for(mutes, rule, match.event, now)
    if mute is not None:
        return Suppression(Reason.MUTED, rule.name, mute.what, mute.reason, mute.id)
    exception = exception_for(rule, match.event, time)
    if exception is not None:
        return Suppression(Reason.EXCEPTION, rule.name, exception.name, exception.reason)
    return None


def below_threshold(rule: Rule) -> Suppression:
    """Say that matches of a rule were too few for its threshold."""
    threshold = rule.threshold
    why = (
        f"fewer than {threshold.count:,} within {format_duration(threshold.within)}"
        if threshold
        else "fewer than the threshold that the rule had"
    )
    return Suppression(Reason.BELOW_THRESHOLD, rule.name, "", why)


def mute_for(mutes: Sequence[Mute], rule: Rule, event: LogEvent, now: float) -> Mute | None:
    """Return the first mute that is for a match and holds now, in seconds; None where none is."""
    named = [
        mute
        for mute in mutes
        if mute.holds(now) and (not mute.rule or _fits(rule.name, (mute.rule,)))
    ]
    if not named:
        return None
    record = _read(event)
    # An alert names a session, a story its role: either of them may be muted.
    actors = (record.actor, record.text("userIdentity", "arn"))
    account = facet(record, event, "account")
    for mute in named:
        by_actor = not mute.actor or any(_fits(actor, (mute.actor,)) for actor in actors)
        if by_actor and (not mute.account or _fits(account, (mute.account,))):
            return mute
    return None


def exception_for(rule: Rule, event: LogEvent, time: int) -> RuleException | None:
    """Return the first exception of a rule that holds on an event, None where none does.

    ``time`` is the event time in milliseconds: an exception holds up to the end of its last day, in
    UTC, so that a replay gives the answer of the day.
    """
    if not rule.exceptions:
        return None
    day = (_EPOCH + timedelta(milliseconds=time)).date()
    message = Message(event.message)
    record = _read(event, message)
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


def _read(event: LogEvent, message: Message | None = None) -> Record:
    """Return the fields of an event, whether it is a CloudTrail record or another object."""
    record = read_record(event.message)
    return record or Record((message or Message(event.message)).document or {})


def _values_fit(exception: RuleException, record: Record, event: LogEvent) -> bool:
    """Tell whether of each name one value fits what the event says under it."""
    return all(_fits(facet(record, event, name), values) for name, values in exception.values)


def _fits(found: str, values: Iterable[str]) -> bool:
    """Tell whether one of some values is what was found; what is not there fits none."""
    return bool(found) and any(fits_text(found, value) for value in values)


def fits_text(found: str, wanted: str) -> bool:
    """Tell whether a text is the one that is wanted, in which ``*`` stands for any text.

    In an ARN it stands for text without a colon. The path of a user may hold ``:role/deploy``, and
    whoever may create users must not come to fit what is wanted of a role:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
    """
    if not wanted.startswith("arn:"):
        return fnmatch.fnmatchcase(found, _glob(wanted))
    parts, asked = found.split(":"), wanted.split(":")
    return len(parts) == len(asked) and all(
        fnmatch.fnmatchcase(part, _glob(one)) for part, one in zip(parts, asked, strict=True)
    )


def _glob(value: str) -> str:
    """Return a value as fnmatch takes it: of its signs, only the asterisk means something here."""
    return value.replace("[", "[[]").replace("?", "[?]")
