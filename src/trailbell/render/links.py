"""Links into the AWS console, for where a person looks further.

What goes into a link is log content, so it is checked against a strict form first; where it
fails there is no link.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_REGION = re.compile(r"[a-z]{2}(-[a-z]{2,10}){1,3}-[0-9]{1,2}", re.ASCII)
_EVENT_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
LONGEST = 600
"""Characters of a link; a longer one would take the room of the record."""


def console_host(region: str) -> str | None:
    """Return the host of the console for a region, None where it is no region."""
    if not _REGION.fullmatch(region):
        return None
    if region.startswith("us-gov-"):
        return f"{region}.console.amazonaws-us-gov.com"
    if region.startswith("cn-"):
        return f"{region}.console.amazonaws.cn"
    return f"{region}.console.aws.amazon.com"


def event_link(region: str, event_id: str) -> str | None:
    """Return the link to an event in CloudTrail's event history.

    The page knows management events of 90 days, in the account that is signed in.
    """
    host = console_host(region)
    if host is None or not _EVENT_ID.fullmatch(event_id):
        return None
    return f"https://{host}/cloudtrailv2/home?region={region}#/events/{event_id}"


def stream_link(region: str, log_group: str, log_stream: str, timestamp: int) -> str | None:
    """Return the link to one event in its log stream; ``timestamp`` is in milliseconds."""
    host = console_host(region)
    if host is None or not log_group or not log_stream:
        return None
    link = (
        f"https://{host}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/"
        f"{_twice(log_group)}/log-events/{_twice(log_stream)}"
        f"$3Fstart$3D{timestamp}$26end$3D{timestamp + 1}"
    )
    return link if len(link) <= LONGEST else None


def _twice(text: str) -> str:
    """Encode a name as the console does: percent-encoded twice, with "$" for "%"."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")
