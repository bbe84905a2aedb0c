"""Complete events: identity and origin are the same, whichever way the bytes came."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from trailbell.model import LogEvent, Origin
from trailbell.payload import PayloadEvent

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
# names the streams <account>_CloudTrail_<region>; organization trails put their own id in front.
_TRAIL_STREAM = re.compile(
    r"(?:o-[a-z0-9]+_)?[0-9]{12}_CloudTrail_([a-z]+(?:-[a-z]+)+-[0-9])(?:_.*)?"
)


def payload_origin(
    owner: str, log_group: str, log_stream: str, path: str = "", position: int = 0
) -> Origin:
    """Say where the events of a payload come from; the last two, of one that stands in a file."""
    stream = _TRAIL_STREAM.fullmatch(log_stream)
    return Origin(owner, stream[1] if stream else "", log_group, log_stream, path, position)


def payload_event(event: PayloadEvent, origin: Origin, *, mended: bool = False) -> LogEvent:
    """Make an event of an entry of a payload."""
    return LogEvent(event.message, event.id, event.timestamp, origin, mended)


def text_event(text: bytes, spot: str, origin: Origin) -> LogEvent:
    """Make an event of a line of a file, or of the text of a record in it.

    ``spot`` says which piece of which file it is; with a hash of the text it makes the id. Bytes
    that are not UTF-8 become U+FFFD.
    """
    import hashlib  # with OpenSSL it takes 3 ms, and who reads payloads needs none of it

    try:
        message, mended = text.decode(), False
    except UnicodeDecodeError:
        message, mended = text.decode("utf-8", "replace"), True
        text = message.encode()
    digest = hashlib.sha256(text, usedforsecurity=False).hexdigest()[:16]
    return LogEvent(message, f"{spot}:{digest}", None, origin, mended)


def record_event(text: bytes, path: str, line: int, number: int) -> LogEvent:
    """Make an event of a record of a trail file: the ``number``-th of those on a line."""
    spot = f"{_identity(path)}:{line}.{number}"
    return text_event(text, spot, Origin(path=path, position=number))


@lru_cache(maxsize=16)
def _identity(path: str) -> str:
    """Give what tells a file from others: its absolute path, or its address."""
    return path if path == "-" or "://" in path else os.path.abspath(path)  # noqa: PTH100  as text
