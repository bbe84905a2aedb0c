"""Hand messages to an incoming webhook of Slack, and say what became of each.

The sender classifies, whoever calls it decides: it neither waits, nor tries again, nor logs.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

import trailbell
from trailbell.deliver.address import parse_address
from trailbell.deliver.outcome import Delivery, Verdict
from trailbell.preview import lowered, preview

DEFAULT_TIMEOUT = 10.0
"""Seconds for each step of connecting, and then for the whole exchange."""
LARGEST_BODY = 4_096
"""Bytes of an answer that are read; Slack's are a word."""

# https://docs.slack.dev/apis/web-api/rate-limits promises whole seconds.
DEFAULT_RETRY_AFTER = 30.0
"""Seconds to wait where Retry-After is missing or makes no sense."""
LONGEST_RETRY_AFTER = 86_400
"""Seconds; more than a day makes no sense."""

_REMOVED = (Verdict.MISCONFIGURED, "the webhook was removed or disabled")
_NO_TEXT = (Verdict.REFUSED, "the message has no text")
_BAD_BLOCKS = (Verdict.REFUSED, "the message's blocks were refused")

# https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/ and
# https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
WORDS: Mapping[str, tuple[Verdict, str]] = {
    "invalid_payload": (Verdict.REFUSED, "the message could not be read"),
    "invalid_blocks": _BAD_BLOCKS,
    "invalid_blocks_format": _BAD_BLOCKS,
    "msg_blocks_too_long": (Verdict.REFUSED, "the message's blocks hold too much text"),
    "no_text": _NO_TEXT,
    "missing_text_or_fallback_or_attachments": _NO_TEXT,
    "too_many_attachments": (Verdict.REFUSED, "the message has too many attachments"),
    "invalid_attachments": (Verdict.REFUSED, "the message's attachments were refused"),
    "invalid_token": (Verdict.MISCONFIGURED, "the webhook's URL is wrong or was revoked"),
    "action_prohibited": (Verdict.MISCONFIGURED, "an administrator forbids posting"),
    "posting_to_general_channel_denied": (
        Verdict.MISCONFIGURED,
        "an administrator restricts posting to this channel",
    ),
    "user_not_found": (Verdict.MISCONFIGURED, "the user it posts to is gone"),
    "channel_not_found": (Verdict.MISCONFIGURED, "the channel is gone or hidden"),
    "channel_is_archived": (Verdict.MISCONFIGURED, "the channel is archived"),
    "no_service": _REMOVED,
    "no_service_id": _REMOVED,
    "no_active_hooks": _REMOVED,
    "no_team": (Verdict.MISCONFIGURED, "the workspace is gone"),
    "team_disabled": (Verdict.MISCONFIGURED, "the workspace is disabled"),
    "rate_limited": (Verdict.RETRY, "too many messages; this one was not posted"),
    "ratelimited": (Verdict.RETRY, "too many messages; this one was not posted"),
    "rollup_error": (Verdict.RETRY, "trouble on its side; unknown whether posted"),
}
"""What the body of an answer means; it decides before the status does."""

STATUSES: Mapping[int, tuple[Verdict, str]] = {
    400: (Verdict.REFUSED, "the message was refused"),
    408: (Verdict.RETRY, "it gave up waiting; unknown whether posted"),
    413: (Verdict.REFUSED, "the message is too large"),
    429: WORDS["rate_limited"],
}
CLASSES: Mapping[int, tuple[Verdict, str]] = {
    3: (Verdict.MISCONFIGURED, "a redirect, which is not followed; check the URL"),
    4: (Verdict.MISCONFIGURED, "it does not take messages at this URL"),
    5: WORDS["rollup_error"],
}
_NOT_SLACK = (Verdict.MISCONFIGURED, "expected 200 ok; not the answer of a Slack webhook")


class Webhook:
    """Send messages to one incoming webhook, one connection each.

    ``url`` is a secret; ``allow_hosts`` names hosts other than Slack's (see ``parse_address``).
    ``timeout`` is in seconds, for each step of connecting and then for the whole exchange. ``tls``
    replaces the default context. Redirects are not followed, no proxy is used. Raises
    ConfigurationError for a URL that may not be used.
    """

    def __init__(
        self,
        url: str,
        *,
        allow_hosts: Collection[str] = (),
        timeout: float = DEFAULT_TIMEOUT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._address = parse_address(url, allow_hosts=allow_hosts)
        self._timeout = timeout
        self._tls = (tls or ssl.create_default_context()) if self._address.tls else None
        self._server = "Slack" if self._address.is_slack else self._address.host

    def __repr__(self) -> str:
        return f"Webhook({self.shown_url!r})"

    @property
    def shown_url(self) -> str:
        """Give the address as people may see it, such as ``hooks.slack.com/services/T…/B…/***``."""
        return self._address.shown

    def send(self, payload: Mapping[str, object]) -> Delivery:
        """Post a message, a JSON object by Slack's rules, and say what became of it.

        Network trouble is an outcome and never raised. A lone surrogate in the payload goes out as
        a question mark, since UTF-8 has no form for it.
        """
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        connection = self._connection()
        try:
            return self._connect(connection) or self._exchange(
                connection, body.encode("utf-8", "replace")
            )
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        """Make a connection that is not open yet."""
        host, port = self._address.host, self._address.port
        if self._tls:
            return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=self._tls)
        return http.client.HTTPConnection(host, port, timeout=self._timeout)

    def _connect(self, connection: http.client.HTTPConnection) -> Delivery | None:
        """Open a connection, or say why there is none: until then nothing was posted."""
        try:
            connection.connect()
        except ssl.SSLCertVerificationError as error:
            # Waiting does not mend a certificate: something else than Slack listens there.
            reason = f"the certificate of {self._server} is not valid: {error.verify_message}"
            return Delivery(Verdict.MISCONFIGURED, reason)
        except (OSError, UnicodeError) as error:
            reason = f"no connection to {self._server}: {self._trouble(error)}; not posted"
            return Delivery(Verdict.RETRY, reason)
        return None

    def _exchange(self, connection: http.client.HTTPConnection, body: bytes) -> Delivery:
        """Send a request over an open connection and read the answer."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"trailbell/{trailbell.__version__}",
            "Connection": "close",
        }
        late = threading.Event()
        try:
            with _deadline(connection.sock, self._timeout, late):
                connection.request("POST", self._address.target, body, headers)
                answer = connection.getresponse()
                read = answer.read(LARGEST_BODY)
            # A read that is cut short ends without an error.
            if late.is_set() or (answer.length and len(read) < LARGEST_BODY):
                raise http.client.IncompleteRead(read)
        except (OSError, http.client.HTTPException) as error:
            trouble = self._trouble(TimeoutError() if late.is_set() else error)
            reason = f"no answer from {self._server}: {trouble}; unknown whether posted"
            return Delivery(Verdict.RETRY, reason)
        text = read.decode("utf-8", "replace").strip()
        return self._judge(answer.status, text, answer.getheader("Retry-After"))

    def _judge(self, status: int, body: str, retry_after: str | None) -> Delivery:
        """Turn an answer into an outcome: by its body first, then by its status."""
        success = status < HTTPStatus.MULTIPLE_CHOICES
        if status == HTTPStatus.OK and body == "ok":
            return Delivery(Verdict.DELIVERED, f"{self._server} answered 200 ok")
        if success or status < HTTPStatus.BAD_REQUEST:
            verdict, meaning = CLASSES.get(status // 100, _NOT_SLACK)
        elif body in WORDS:
            verdict, meaning = WORDS[body]
        else:
            verdict, meaning = STATUSES.get(status) or CLASSES.get(status // 100, _NOT_SLACK)
        reason = f"{self._server} answered {status}{self._preview(body)}: {meaning}"
        wait = _seconds(retry_after) if verdict is Verdict.RETRY else None
        if wait is None and meaning == STATUSES[429][1]:
            wait = DEFAULT_RETRY_AFTER
        return Delivery(verdict, reason, wait)

    def _preview(self, body: str) -> str:
        """Show an answer's body, whoever wrote it, without control characters or the secret."""
        if body in WORDS:
            return f" {body}"
        if not body:
            return " without a body"
        if self._address.exposed_by(body):
            return " with a body that repeats the webhook's URL"
        return f" {preview(body)}"

    def _trouble(self, error: Exception) -> str:
        """Name what went wrong, without the words of an exception that may quote the server."""
        match error:
            case TimeoutError():
                return f"nothing complete within {self._timeout:g} s"
            case http.client.RemoteDisconnected() | http.client.IncompleteRead():
                return "the connection was closed too early"
            case ssl.SSLError():
                return f"TLS failed ({error.reason or type(error).__name__})"
            case OSError(strerror=str(text)):
                return lowered(text)
            case http.client.HTTPException():
                return "what came was not HTTP"
            case _:
                return "the host name is not valid"


@contextmanager
def _deadline(connected: socket.socket, seconds: float, late: threading.Event) -> Iterator[None]:
    """Cut a connection after so many seconds, and set ``late`` when that happened.

    The timeout of a socket starts anew with every byte, so a server that drips would hold it.
    """

    def cut() -> None:
        late.set()
        try:
            # An SSLSocket's own shutdown drops the TLS state that another thread is reading with.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)
        except OSError:
            return  # The other side was faster.

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _seconds(retry_after: str | None) -> float | None:
    """Read a Retry-After in whole seconds; None for anything else."""
    text = (retry_after or "").strip()
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > LONGEST_RETRY_AFTER:
        return None
    return float(text)
