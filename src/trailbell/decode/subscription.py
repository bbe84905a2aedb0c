"""Subscription payload → events."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trailbell.decode.forms import Limits
from trailbell.errors import UnreadableError
from trailbell.events import payload_event, payload_origin
from trailbell.model import Decoded, PassedOver, Remark, Unreadable
from trailbell.payload import OpenedPayload, Payload, open_subscription
from trailbell.preview import preview

# The reference of the CloudWatch Logs API has these constraints, on the pages of CreateLogGroup,
# CreateLogStream and PutSubscriptionFilter:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
_ACCOUNT = re.compile(r"[0-9]{12}")
_LOG_GROUP = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
_NO_COLON = re.compile(r"[^:*]{1,512}")

_PREVIEW = 60

DEFAULT_LIMITS = Limits()


def decode_subscription(
    data: str | bytes, place: str, limits: Limits = DEFAULT_LIMITS
) -> list[Decoded]:
    """Decode the value of ``awslogs.data``, base64 of gzip of a payload, into what it holds.

    ``place`` is what people are told where something is wrong. What cannot be read is one
    Unreadable, never an exception.
    """
    try:
        opened = open_subscription(data, limits.document)
    except UnreadableError as exc:
        return [Unreadable(place, f"the payload {exc}")]
    return list(payload_items(opened, place))


def payload_items(
    opened: OpenedPayload, place: str, path: str = "", position: int = 0
) -> Iterator[Decoded]:
    """Give the events of a payload, after the remarks on its names.

    ``path`` and ``position`` go into the origin, for a payload that stands in a file.
    """
    payload = opened.payload
    if payload.message_type == "CONTROL_MESSAGE":
        yield PassedOver(place, "control")
        return
    yield from (Remark(place, text) for text in _odd_names(payload))
    origin = payload_origin(payload.owner, payload.log_group, payload.log_stream, path, position)
    for index, event in enumerate(payload.log_events):
        yield payload_event(event, origin, mended=index in opened.mended)


def _odd_names(payload: Payload) -> Iterator[str]:
    """Say which names of a payload are none that AWS gives."""
    no_colon = "1 to 512 characters, none of them : or *"
    if not _ACCOUNT.fullmatch(payload.owner):
        yield _odd("account id", payload.owner, "12 digits")
    if not _LOG_GROUP.fullmatch(payload.log_group):
        allowed = "1 to 512 of the characters a-z, A-Z, 0-9, and . - _ / #"
        yield _odd("log group", payload.log_group, allowed)
    if not _NO_COLON.fullmatch(payload.log_stream):
        yield _odd("log stream", payload.log_stream, no_colon)
    for name in payload.subscription_filters:
        if not _NO_COLON.fullmatch(name):
            yield _odd("subscription filter", name, no_colon)


def _odd(kind: str, name: str, allowed: str) -> str:
    return f"the {kind} {preview(name, _PREVIEW)} is not a name that AWS gives: expected {allowed}"
