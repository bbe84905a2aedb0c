"""What a CloudTrail record says: who it is, when, who did it, and how it ended.

Any field may be missing, null or of another type, since records vary by service and age:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
Nothing here raises for what a record holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Container

    from trailbell.model import LogEvent

_UNSET = msgspec.UNSET
SUCCEEDED = "succeeded"
FAILED = "failed"


class _Head(msgspec.Struct):
    """Find the fields that make a record without decoding the rest."""

    eventVersion: msgspec.Raw | msgspec.UnsetType = _UNSET  # noqa: N815  CloudTrail's name
    eventName: msgspec.Raw | msgspec.UnsetType = _UNSET  # noqa: N815  CloudTrail's name
    eventSource: msgspec.Raw | msgspec.UnsetType = _UNSET  # noqa: N815  CloudTrail's name
    eventTime: msgspec.Raw | msgspec.UnsetType = _UNSET  # noqa: N815  CloudTrail's name
    eventID: msgspec.Raw | msgspec.UnsetType = _UNSET  # noqa: N815  CloudTrail's name
    userIdentity: msgspec.Raw | msgspec.UnsetType = _UNSET  # noqa: N815  CloudTrail's name


_decode_head = msgspec.json.Decoder(_Head).decode
_decode_json = msgspec.json.Decoder().decode
_decode_text = msgspec.json.Decoder(str).decode


@dataclass(frozen=True, slots=True)
class Record:
    """Read the fields of a CloudTrail record, whatever of it is missing or odd."""

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
        return value if isinstance(value, str) else ""

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
        if self.error_code:
            return FAILED
        if self.text("eventName") == "ConsoleLogin":
            answer = self.text("responseElements", "ConsoleLogin")
            return FAILED if answer == "Failure" else SUCCEEDED
        return SUCCEEDED

    @property
    def actor(self) -> str:
        """Return who acted, never the session: role, user, root, or the AWS service."""
        identity = self.value("userIdentity")
        if not isinstance(identity, dict):
            identity = {}
        role = self.text("userIdentity", "sessionContext", "sessionIssuer", "arn")
        if role:
            return role
        kind = self.text("userIdentity", "type")
        arn = self.text("userIdentity", "arn")
        if arn:
            return arn
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
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        # The standard decoder takes what is legal but beyond msgspec: 1e309, lone surrogates.
        try:
            fields = json.loads(message)
        except (ValueError, RecursionError):
            return None
    return Record(fields) if isinstance(fields, dict) and _makes_record(fields) else None


@dataclass(frozen=True, slots=True)
class Glance:
    """Hold what one look at a CloudTrail record tells; ``time`` is None where it has no legal one.

    ``time`` is ``eventTime`` in milliseconds since the epoch.
    """

    time: int | None


def glance(message: str) -> Glance | None:
    """Look at a message at a fraction of the cost of reading it; None where it is no record."""
    if not message.lstrip().startswith("{"):
        return None
    try:
        head = _decode_head(message)
        present = {name for name in head.__struct_fields__ if getattr(head, name) is not _UNSET}
        if not _makes_record(present):
            return None
        raw = head.eventTime
        time = parse_time(_decode_text(raw)) if isinstance(raw, msgspec.Raw) else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        record = read_record(message)
        return Glance(parse_time(record.text("eventTime"))) if record else None
    return Glance(time)


def _makes_record(fields: Container[str]) -> bool:
    """Take an object for a record where it names its event and one thing more of CloudTrail's."""
    if "eventName" not in fields and "eventVersion" not in fields:
        return False
    return sum(name in fields for name in _Head.__struct_fields__) > 1


def event_time(event: LogEvent, started: int) -> int:
    """Return when an event happened, in milliseconds since the epoch.

    That is ``eventTime`` of a CloudTrail record, else the timestamp of the log event, else
    ``started``, the start of the run.
    """
    seen = glance(event.message)
    if seen is not None and seen.time is not None:
        return seen.time
    return event.timestamp if event.timestamp is not None else started


def parse_time(text: str) -> int | None:
    """Return an ISO 8601 time in milliseconds since the epoch, None where it is none.

    A time without an offset is taken as UTC.
    """
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        return int(time.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


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
    """Return what a record says under a name of ``group_by``, empty where it says nothing."""
    if name == "actor":
        return record.actor
    if name == "account":
        return record.account(event.origin.account)
    if name in _FACET_FIELDS:
        return record.text(_FACET_FIELDS[name])
    value = record.value(*name.removeprefix("$.").split("."))
    return value if isinstance(value, str) else json.dumps(value, default=str)
