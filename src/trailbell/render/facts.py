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
from trailbell.record import Record, parse_time
from trailbell.render.links import event_link, stream_link

LONGEST_VALUE = 100
LONGEST_WHO = 160
LONGEST_ERROR = 160
MOST_PARAMETERS = 8

_SESSION = re.compile(r"arn:[^:]*:sts::\d*:assumed-role/(.+)/([^/]+)")
_ARN_NAME = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d*:(?:[^/]+/)?(.+)")

# Where a call names what it acts on, the most telling first.
_TARGETS = (
    "bucketName",
    "userName",
    "roleName",
    "groupName",
    "functionName",
    "trailName",
    "secretId",
    "keyId",
    "groupId",
    "instanceId",
    "vpcId",
    "routeTableId",
    "networkAclId",
    "volumeId",
    "snapshotId",
    "imageId",
    "dBInstanceIdentifier",
    "dBSnapshotIdentifier",
    "tableName",
    "stackName",
    "clusterName",
    "policyArn",
    "roleArn",
    "detectorId",
    "configurationRecorderName",
    "deliveryChannelName",
    "accountId",
    "name",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what a CloudTrail record says, each on one line; empty where it says nothing.

    ``time`` is the event time in milliseconds since the epoch. ``notes`` are what a reader must
    know about the record itself, such as that it came late. ``parameters`` are pairs of a path in
    the request and its value.
    """

    event: str
    event_id: str
    service: str
    actor: str
    who: str
    failed: bool
    outcome: str
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
    def place(self) -> str:
        """Return account and region, such as ``prod · us-east-1``."""
        return " · ".join(filter(None, (self.account_name or self.account, self.region)))


def facts_of(record: Record, event: LogEvent, accounts: Mapping[str, str]) -> Facts:
    """Read the facts of a record; ``accounts`` maps account ids to the names people use."""
    account = record.account(event.origin.account)
    region = record.text("awsRegion")
    when = parse_time(record.text("eventTime"))
    origin = event.origin
    failed = record.outcome == "failed"
    return Facts(
        event=one_line(record.text("eventName") or "(no event name)", LONGEST_VALUE),
        event_id=one_line(record.text("eventID"), 60),
        service=one_line(record.text("eventSource").removesuffix(".amazonaws.com"), 60),
        actor=one_line(_actor(record), LONGEST_VALUE) or "(nobody named)",
        who=one_line(_who(record), LONGEST_WHO),
        failed=failed,
        outcome=_outcome(record, failed=failed),
        source=one_line(record.text("sourceIPAddress"), 60),
        agent=one_line(record.text("userAgent"), LONGEST_VALUE),
        time=when if when is not None else event.timestamp or 0,
        target=one_line(_target(record), LONGEST_VALUE),
        account=one_line(account, 40),
        account_name=one_line(accounts.get(account, ""), 40),
        region=one_line(region, 40),
        parameters=_parameters(record),
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


def short_name(arn: str) -> str:
    """Return the part of an ARN that tells actors apart; other text comes back as it is."""
    session = _SESSION.fullmatch(arn)
    if session:
        return f"{session[1]}/{session[2]}"
    named = _ARN_NAME.fullmatch(arn)
    return named[1] if named else arn


def _actor(record: Record) -> str:
    """Name the actor in one word: user, role and session, root, or service."""
    kind = record.text("userIdentity", "type")
    if kind == "Root":
        return "root"
    arn = record.text("userIdentity", "arn")
    return short_name(arn) if arn else short_name(record.actor)


def _who(record: Record) -> str:
    """Tell who acted in full: ARN, kind, multi-factor authentication, and the service between."""
    identity = record.text("userIdentity", "arn") or record.actor
    kind = record.text("userIdentity", "type")
    mfa = record.text("userIdentity", "sessionContext", "attributes", "mfaAuthenticated")
    used = record.text("additionalEventData", "MFAUsed").lower()
    notes = [kind] if kind and kind.lower() not in identity.lower() else []
    if mfa == "true" or used == "yes":
        notes.append("with MFA")
    elif used == "no" or (mfa == "false" and kind in ("IAMUser", "Root")):
        # The session of a role never carries a factor, so it would say nothing there.
        notes.append("no MFA")
    invoked = record.text("userIdentity", "invokedBy")
    if invoked and invoked != identity:
        notes.append(f"through {invoked}")
    return f"{identity} ({', '.join(notes)})" if notes else identity


def _outcome(record: Record, *, failed: bool) -> str:
    """Tell how the call ended, with its error in the words of AWS."""
    if not failed:
        return "succeeded"
    code = record.error_code or "failed"
    message = record.text("errorMessage")
    return one_line(f"{code}: {message}" if message else code, LONGEST_ERROR)


def _target(record: Record) -> str:
    """Name what was acted on: by the request, else the first resource."""
    for name in _TARGETS:
        value = record.text("requestParameters", name)
        if value:
            return value
    resources = record.value("resources")
    first = resources[0] if isinstance(resources, list) and resources else None
    arn = first.get("ARN") or first.get("arn") if isinstance(first, dict) else None
    return arn if isinstance(arn, str) else ""


def _parameters(record: Record) -> tuple[tuple[str, str], ...]:
    """Pick the request's scalars, the shallow ones first."""
    found: list[tuple[str, str]] = []
    level: list[tuple[str, object]] = [("", record.value("requestParameters"))]
    while level and len(found) < MOST_PARAMETERS:
        deeper: list[tuple[str, object]] = []
        for path, value in level:
            if isinstance(value, dict):
                deeper += [
                    (f"{path}.{key}" if path else str(key), item)
                    for key, item in list(value.items())[:50]
                ]
            elif isinstance(value, list):
                deeper += [(f"{path}[{index}]", item) for index, item in enumerate(value[:10])]
            elif value is not None and value != "" and len(found) < MOST_PARAMETERS:
                text = str(value).lower() if isinstance(value, bool) else str(value)
                found.append((one_line(path, 80), one_line(text, LONGEST_VALUE)))
        level = deeper[:200]
    return tuple(found)


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
