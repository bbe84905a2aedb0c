"""What a CloudTrail record says: who it is, when, who did it, and how it ended.

Any field may be missing, null or of another type, since records vary by service and age:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
Nothing here raises for what a record holds.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from trailbell.model import LogEvent
from trailbell.pattern import Message

SUCCEEDED = "succeeded"
FAILED = "failed"

_UNSET = msgspec.UNSET
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_10000 = 253_402_300_800_000
_MILLISECOND = timedelta(milliseconds=1)
_ASSUMED_ROLE = re.compile(
    r"(?P<partition>arn:[^:]*):sts::(?P<account>[^:]*):assumed-role/(?P<role>[^/]+)(/.*)?",
    re.DOTALL,
)
_HEAD = ("eventVersion", "eventName", "eventSource", "eventTime", "eventID", "userIdentity")


class _Head(msgspec.Struct, gc=False):
    """Find the fields that make a record without keeping the rest."""

    eventVersion: object = _UNSET  # noqa: N815  CloudTrail's name
    eventName: object = _UNSET  # noqa: N815  CloudTrail's name
    eventSource: object = _UNSET  # noqa: N815  CloudTrail's name
    eventTime: object = _UNSET  # noqa: N815  CloudTrail's name
    eventID: object = _UNSET  # noqa: N815  CloudTrail's name
    userIdentity: msgspec.Raw | msgspec.UnsetType = _UNSET  # noqa: N815  CloudTrail's name


_decode_head = msgspec.json.Decoder(_Head).decode
_decode_json = msgspec.json.Decoder().decode
_REFUSED = (msgspec.DecodeError, UnicodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Record:
    """Read the fields of a CloudTrail record, whatever of it is missing or odd.

    Where a record holds what few decoders read, such as a number of five thousand digits, its
    numbers come as they are written.
    """

    fields: Mapping[str, object]

    def value(self, *path: str) -> object:
        """Return what stands at the path, None where nothing does."""
        value: object = self.fields
        for name in path:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    def text(self, *path: str) -> str:
        """Return the string at the path, empty where there is none."""
        value = self.value(*path)
        # A number that comes as it is written is of a kind of its own, and is no text.
        return value if type(value) is str else ""

    @property
    def error_code(self) -> str:
        """Return the error code; empty where the call succeeded."""
        return self.text("errorCode")

    @property
    def outcome(self) -> str:
        """Return ``failed`` where there is an error code, else ``succeeded``.

        A failed console sign-in carries no error code but says so in its answer:
        https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
        """
        if self.value("errorCode") not in (None, ""):
            return FAILED
        if self.text("eventName") != "ConsoleLogin":
            return SUCCEEDED
        answer = self.text("responseElements", "ConsoleLogin")
        return FAILED if answer == "Failure" else SUCCEEDED

    @property
    def actor(self) -> str:
        """Return who acted: the role, else the user, else root of the account, else the service.

        It is never the session: a thousand sessions of one role are one actor.
        """
        role = self.text("userIdentity", "sessionContext", "sessionIssuer", "arn")
        if role:
            return role
        arn = self.text("userIdentity", "arn")
        if arn:
            return _without_session(arn)
        kind = self.text("userIdentity", "type")
        if kind == "Root":
            return f"root of {self.text('userIdentity', 'accountId') or 'the account'}"
        # A failed sign-in names its user without an ARN; two users are two actors.
        named = self.text("userIdentity", "userName") if kind == "IAMUser" else ""
        return named or self.text("userIdentity", "invokedBy") or self.text("eventSource")

    def account(self, owner: str = "") -> str:
        """Return the account that the record is of; ``owner`` is that of the log group."""
        return self.text("recipientAccountId") or owner or self.text("userIdentity", "accountId")


def read_record(message: str) -> Record | None:
    """Return the CloudTrail record in a message, None where there is none."""
    if not message.lstrip().startswith("{"):
        return None
    try:
        fields = _decode_json(message)
    except _REFUSED:
        # The language reads what is legal but beyond msgspec: 1e309, lone surrogates, any nesting.
        fields = Message(message).document
    if not isinstance(fields, dict):
        return None
    return Record(fields) if _makes_record([fields.get(name, _UNSET) for name in _HEAD]) else None


@dataclass(frozen=True, slots=True)
class Glance:
    """Hold what one look at a CloudTrail record tells.

    ``time`` is ``eventTime`` in milliseconds since the epoch, None where it is missing or no time.
    """

    time: int | None


def glance(message: str) -> Glance | None:
    """Look at a message for two thirds of what reading it costs; None where it is no record."""
    if not message.lstrip().startswith("{"):
        return None
    try:
        head = _decode_head(message)
    except _REFUSED:
        record = read_record(message)
        return Glance(parse_time(record.text("eventTime"))) if record else None
    found = [
        head.eventVersion,
        head.eventName,
        head.eventSource,
        head.eventTime,
        head.eventID,
        head.userIdentity,
    ]
    if not _makes_record(found):
        return None
    return Glance(parse_time(head.eventTime) if isinstance(head.eventTime, str) else None)


def _makes_record(head: list[object]) -> bool:
    """Take an object for a record where it names its event and one thing more of CloudTrail's.

    ``head`` has the values under the names of ``_HEAD``, in their order.
    """
    named = head[0] is not _UNSET or head[1] is not _UNSET
    return named and len(head) - head.count(_UNSET) > 1


def _without_session(arn: str) -> str:
    """Return the ARN of the role that a session is of; that of anybody else comes back as it is.

    A record of an assumed role mostly names the role as the issuer of the session. Where it does
    not, the ARN holds the name of the role, though not its path:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
    """
    found = _ASSUMED_ROLE.fullmatch(arn)
    return f"{found['partition']}:iam::{found['account']}:role/{found['role']}" if found else arn


def event_time(event: LogEvent, started: int) -> int:
    """Return when an event happened, in milliseconds since the epoch.

    That is ``eventTime`` of a CloudTrail record, else the timestamp of the log event, else
    ``started``, the start of the run.
    """
    seen = glance(event.message)
    if seen is not None and seen.time is not None:
        return seen.time
    return event.timestamp if event.timestamp is not None else started


def in_range(event: LogEvent, since: int | None, until: int | None, started: int) -> bool:
    """Tell whether an event happened at ``since`` or later, and before ``until``.

    All times are in milliseconds since the epoch; None asks for nothing. ``started`` is the time of
    an event that has none.
    """
    if since is None and until is None:
        return True
    time = event_time(event, started)
    return (since is None or time >= since) and (until is None or time < until)


def parse_time(text: str) -> int | None:
    """Return an ISO 8601 time in milliseconds since the epoch, None where it is none.

    A time without an offset is taken as UTC, a date alone as its beginning. A time before 1970 or
    after 9999 is none: no log event has one, and not every reader can show it.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    milliseconds = (time - _EPOCH) // _MILLISECOND
    return milliseconds if 0 <= milliseconds < _YEAR_10000 else None


def utc_day(seconds: float) -> date:
    """Return the day, in UTC, of a time in seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC).date()


def event_key(event: LogEvent) -> str:
    """Return what makes two events the same, as a hash.

    A CloudTrail record is known by ``recipientAccountId`` (else the owner of the log group) and
    ``eventID``; any other event by its log group and id. A line of a file has an id that is made
    of path, number and text.
    """
    record = read_record(event.message)
    event_id = record.text("eventID") if record else ""
    if record and event_id:
        account = record.text("recipientAccountId") or event.origin.account
        return digest("record", account, event_id)
    return digest("event", event.origin.account, event.origin.log_group, event.id)


def digest(*parts: str) -> str:
    """Return a hash of texts that no two different lists of texts share."""
    data = json.dumps(parts).encode()
    return hashlib.sha256(data).hexdigest()[:40]


FACETS = ("actor", "account", "region", "source_ip", "event_name", "event_source")
"""What ``group_by`` can name beside a selector such as ``$.requestParameters.bucketName``."""

_FACET_FIELDS = {
    "region": "awsRegion",
    "source_ip": "sourceIPAddress",
    "event_name": "eventName",
    "event_source": "eventSource",
}


def facet(record: Record, event: LogEvent, name: str) -> str:
    """Return what a record says under a name of ``group_by``, empty where it says nothing.

    A number, a list or an object comes as JSON.
    """
    if name == "actor":
        return record.actor
    if name == "account":
        return record.account(event.origin.account)
    if name in _FACET_FIELDS:
        return record.text(_FACET_FIELDS[name])
    value = record.value(*name.removeprefix("$.").split("."))
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, sort_keys=True)
    except RecursionError:
        # What nests so deep that nothing can write it is one thing to all stories.
        return "(nested too deep)"
