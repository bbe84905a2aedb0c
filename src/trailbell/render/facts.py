"""What a person wants to know of a CloudTrail record, in words, whatever shows them.

Values are on one line and cut, but not escaped: that is for whoever shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from trailbell.model import LogEvent
from trailbell.preview import one_line
from trailbell.record import FAILED, Record, parse_time
from trailbell.render.actors import (
    NO_MFA,
    actor_name,
    factor,
    in_full,
    is_sign_in,
    notes_on,
    role_name,
)
from trailbell.render.links import event_link, stream_link
from trailbell.render.request import agent_of, parameters_of, target_of

LONGEST_VALUE = 100
LONGEST_WHO = 190
LONGEST_ERROR = 190
WORD_FOR_FAILED = "failed"
"""What stands for the error of a call that has no error code, such as a sign-in."""

# The caller stands in the record already, and the encoded text is for a program to read.
_CALLER = re.compile(r"User: \S+ is not authorized to perform: ")
_ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what a CloudTrail record says, each on one line; empty where it says nothing.

    ``actor`` names who acted with the session, ``role`` without, ``who`` in full
    and ``who_notes`` what else there is to say. ``error`` is a
    word for how a failed call ended, ``outcome`` a sentence for any call. ``remark`` is what the
    headline must not leave out: the error, or that a sign-in went without MFA. ``time`` is the
    event time in milliseconds since the epoch. ``parameters`` are pairs of a path in the request
    and its value. ``notes`` are what a reader must know about the record itself, such as that it
    came late.
    """

    event: str
    event_id: str
    actor: str
    role: str
    who: str
    who_notes: str
    error: str
    outcome: str
    remark: str
    source: str
    agent: str
    time: int
    target: str
    account: str
    account_name: str
    region: str
    parameters: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    event_link: str | None
    stream_link: str | None

    @property
    def failed(self) -> bool:
        """Tell whether the call failed."""
        return bool(self.error)


def facts_of(record: Record, event: LogEvent, accounts: Mapping[str, str]) -> Facts:
    """Read the facts of a record; ``accounts`` maps account ids to the names people use."""
    account = record.account(event.origin.account)
    region = record.text("awsRegion")
    when = parse_time(record.text("eventTime"))
    origin = event.origin
    failed = record.outcome == FAILED
    error = one_line(record.error_code, LONGEST_VALUE) or WORD_FOR_FAILED
    return Facts(
        event=one_line(record.text("eventName"), LONGEST_VALUE) or "(no event name)",
        event_id=one_line(record.text("eventID"), 60),
        actor=one_line(actor_name(record), LONGEST_VALUE) or "(nobody named)",
        role=one_line(role_name(record), LONGEST_VALUE) or "(nobody named)",
        who=one_line(in_full(record), LONGEST_WHO),
        who_notes=one_line(", ".join(notes_on(record)), LONGEST_WHO),
        error=error if failed else "",
        outcome=_outcome(record, error) if failed else "succeeded",
        remark=error if failed else _without_factor(record),
        source=one_line(record.text("sourceIPAddress"), 60),
        agent=one_line(agent_of(record), LONGEST_VALUE),
        time=when if when is not None else event.timestamp or 0,
        target=one_line(target_of(record), LONGEST_VALUE),
        account=one_line(account, 40),
        account_name=one_line(accounts.get(account, ""), 40),
        region=one_line(region, 40),
        parameters=parameters_of(record),
        notes=tuple(_notes(record)),
        event_link=event_link(region, record.text("eventID")),
        stream_link=stream_link(
            origin.region or region, origin.log_group, origin.log_stream, event.timestamp or 0
        ),
    )


def iso_time(time: int) -> str:
    """Return a time in milliseconds as people and programs read it, to the second, in UTC."""
    try:
        return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return "(no legal time)"


def _outcome(record: Record, error: str) -> str:
    """Tell how a failed call ended, with its error in the words of AWS."""
    said = _CALLER.sub("not authorized to perform ", record.text("errorMessage")[:4_000], count=1)
    message = one_line(_ENCODED.sub("", said), LONGEST_ERROR)
    if error == WORD_FOR_FAILED:
        return message or error
    return one_line(f"{error}: {message}" if message else error, LONGEST_ERROR)


def _without_factor(record: Record) -> str:
    """Say that a sign-in, or root, went without MFA."""
    root = record.text("userIdentity", "type") == "Root"
    return NO_MFA if (root or is_sign_in(record)) and factor(record) == NO_MFA else ""


def _notes(record: Record) -> Iterator[str]:
    """Say what is special about the record itself.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    reason = record.text("addendum", "reason")
    if reason:
        of = record.text("addendum", "originalEventID")
        yield one_line(
            f"late or changed record ({reason}){f', first sent as {of}' if of else ''}",
            LONGEST_VALUE,
        )
    omitted = [
        name
        for name in (
            "requestParameters",
            "responseElements",
            "additionalEventData",
            "serviceEventDetails",
        )
        if record.value(name, "omitted") is True
    ]
    if omitted:
        yield f"CloudTrail left out {', '.join(omitted)}, being too large"
    if record.text("eventCategory") == "Insight":
        kind, state = (
            record.text("insightDetails", "insightType"),
            record.text("insightDetails", "state"),
        )
        yield one_line(f"CloudTrail Insight {kind} {state}", LONGEST_VALUE)
