"""Which webhook addresses a message may go to, and how they are shown."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from trailbell.errors import ConfigurationError
from trailbell.preview import one_line, preview

# https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/ and, for the second,
# https://docs.slack.dev/govslack/
SLACK_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
SLACK_PATH = re.compile(r"/services(?:/[A-Za-z0-9_-]+)+")

# What RFC 3986 allows in a URL. Everything else (white space, control characters, a backslash that
# some parsers take for a slash) makes two readers of one URL disagree on its host.
URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")

HTTPS_PORT = 443
HTTP_PORT = 80
LONGEST_URL = 2_000
LONGEST_HOST_SHOWN = 80
SHORTEST_SECRET = 4
"""Shorter parts of a path, such as ``v1``, are no secret and stand in any text."""


@dataclass(frozen=True, slots=True)
class Address:
    """Hold a checked webhook URL in parts.

    ``target`` is the secret part: path and query as they go into the request line. ``shown`` is the
    address as people may see it.
    """

    tls: bool
    host: str
    port: int
    target: str = field(repr=False)
    shown: str

    @property
    def is_slack(self) -> bool:
        """Say whether the host is one of Slack's own."""
        return self.host in SLACK_HOSTS

    def exposed_by(self, text: str) -> bool:
        """Say whether a text holds a secret part of the address, however it is spaced or cased."""
        folded = _letters_and_digits(text)
        parts = map(_letters_and_digits, re.split(r"[/?&=]", self.target.removeprefix("/services")))
        return any(len(part) >= SHORTEST_SECRET and part in folded for part in parts)


def parse_address(url: str, *, allow_hosts: Collection[str] = ()) -> Address:
    """Check a webhook URL and take it apart.

    Slack's own hosts are allowed, over https and under ``/services/``. Another host is allowed when
    ``allow_hosts`` names it, as ``host`` for every port or as ``host:port``; plain http only where
    that host is the loopback. Raises ConfigurationError, whose text never holds the path.
    """
    parts, port = _split(url)
    host = parts.hostname or ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    tls = parts.scheme == "https"
    if host in SLACK_HOSTS:
        _check_slack(parts, port, host)
        return Address(tls, host, HTTPS_PORT, target, f"{host}/services/T…/B…/***")
    if port is None:
        port = HTTPS_PORT if tls else HTTP_PORT
    _check_allowed(host, port, allow_hosts)
    if not tls and not _is_loopback(host):
        raise ConfigurationError(
            f"webhook URL: plain http goes to the loopback only, found host {preview(host)}; "
            "use https"
        )
    return Address(tls, host, port, target, f"{_with_port(host, port)}/***")


def _split(url: str) -> tuple[SplitResult, int | None]:
    """Take a URL apart, refusing what no webhook URL has."""
    if not url:
        raise ConfigurationError("webhook URL: it is empty")
    if len(url) > LONGEST_URL:
        raise ConfigurationError(
            f"webhook URL: {len(url):,} characters, at most {LONGEST_URL:,} are read"
        )
    if not URL_CHARACTERS.fullmatch(url):
        raise ConfigurationError(
            "webhook URL: it holds a character that no URL has, such as a space, a line break, a "
            "quote or a backslash; copy it again"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # The exception repeats what it could not read, so it is neither shown nor chained.
        raise ConfigurationError("webhook URL: host or port cannot be read") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ConfigurationError(
            "webhook URL: expected https://hooks.slack.com/services/…, found no https URL"
        )
    if "@" in parts.netloc:
        raise ConfigurationError("webhook URL: a user name or password in it is not allowed")
    if "#" in url:
        raise ConfigurationError("webhook URL: a part after # is never sent; remove it")
    return parts, port


def _check_slack(parts: SplitResult, port: int | None, host: str) -> None:
    """Refuse an address on a host of Slack's that is no incoming webhook."""
    if parts.scheme != "https":
        raise ConfigurationError(f"webhook URL: {host} is reached over https only, found http")
    if port not in {None, HTTPS_PORT}:
        raise ConfigurationError(f"webhook URL: {host} answers on port 443 only, found {port}")
    if parts.query or not SLACK_PATH.fullmatch(parts.path):
        raise ConfigurationError(
            f"webhook URL: expected https://{host}/services/T…/B…/…, found another path"
        )


def _check_allowed(host: str, port: int, allow_hosts: Collection[str]) -> None:
    """Refuse a host that is neither Slack's nor allowed by name."""
    allowed = {name.casefold() for name in allow_hosts}
    if allowed.isdisjoint({host, f"[{host}]", _with_port(host, port)}):
        shown = one_line(host, LONGEST_HOST_SHOWN)
        raise ConfigurationError(
            "webhook URL: expected host hooks.slack.com or hooks.slack-gov.com, "
            f"found {preview(host)}; allow another by name (--allow-host {shown})"
        )


def _letters_and_digits(text: str) -> str:
    """Reduce a text to what cannot be told apart once it is shown."""
    return re.sub(r"[\W_]", "", text).casefold()


def _with_port(host: str, port: int) -> str:
    """Write host and port as a URL does."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_loopback(host: str) -> bool:
    """Say whether a host is this machine, by its name or its literal address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
