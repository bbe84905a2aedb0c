"""Alerts about Trailbell itself: a rule that does not run is as loud as one that rings."""

from __future__ import annotations

from trailbell.masking import masked_message
from trailbell.model import LogEvent, Match, Origin, Rule, Severity
from trailbell.preview import one_line
from trailbell.record import digest
from trailbell.rules import Invalid

INVALID_RULE = "invalid-rule"
"""The name of the rule that rings for a rule that does not run: for routes, and for mutes."""

_MEANING = (
    "What it looks for goes unnoticed until its file is mended; the other rules run."
    " trailbell rules validate shows what is wrong."
)


def notice_of(invalid: Invalid, time: int) -> Match:
    """Return what makes an alert of a rule that does not run; ``time`` is in milliseconds.

    The same mistake is the same event, whenever and however often it is met. The message is what
    the error says.
    """
    said = str(invalid.error)
    path = str(invalid.path)
    rule = Rule(
        name=INVALID_RULE,
        title=(
            f'Rule "{one_line(invalid.rule, 60)}" does not run'
            if invalid.rule
            else f"Rules of {one_line(invalid.path.name, 60)} do not run"
        ),
        severity=Severity.HIGH,
        description=_MEANING,
    )
    # A run from another folder meets the same mistake, and calls its file by another path.
    identity = digest(str(invalid.path.absolute()), invalid.rule, said.replace(path, ""))
    return Match(rule, LogEvent(masked_message(said), f"rule:{identity}", time, Origin(path=path)))
