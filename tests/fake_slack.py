"""A Slack on the loopback that is stricter than the real one.

In a test::

    with FakeSlack() as slack:
        slack.script(["hang", (429, "rate_limited", {"Retry-After": "7"})])
        ...                       # two planned answers, then 200 ok for what is valid
    assert [...] == slack.posts

By hand: ``python tests/fake_slack.py --port 8040 --report``, then ``trailbell run … --to slack``
with ``SLACK_WEBHOOK_URL`` and ``--allow-host`` as it prints them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import re
import signal
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import unquote, urlsplit

from fake_slack_limits import over_budget, problems

PATH = "/services/T000/B000/secret"
LARGEST_REQUEST = 1_000_000

Fault = Literal["drop", "hang", "garbage"]
"""All three take the message: close without an answer, answer once released, answer no HTTP."""


@dataclass(frozen=True)
class Answer:
    """Plan an answer; with ``stores`` the message is posted all the same."""

    status: int = 200
    body: str = "ok"
    headers: Mapping[str, str] = field(default_factory=dict)
    stores: bool = False


Plan = Answer | Fault | Literal["ok"] | tuple[int, str] | tuple[int, str, Mapping[str, str]]


@dataclass(frozen=True)
class Request:
    """Hold what arrived, when by the fake's clock, and what became of it."""

    payload: Any
    headers: Mapping[str, str]
    time: float
    answer: Answer | Fault
    problems: tuple[str, ...] = ()
    posted: bool = False


class FakeSlack:
    """Serve one webhook while the context lasts, and check every message.

    ``hosts`` are those that links may lead to beside the AWS console. With ``burst`` the fake
    takes that many messages at once and one a second after them, by ``clock`` (seconds); without,
    any number. A message that the limits refuse fails the test on leaving, unless ``may_refuse``.
    """

    def __init__(
        self,
        hosts: Collection[str] = (),
        *,
        burst: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        may_refuse: bool = False,
        port: int = 0,
    ) -> None:
        self.requests: list[Request] = []
        self.on_request: Callable[[Request], None] = lambda request: None  # noqa: ARG005 - a hook
        self._hosts = hosts
        self._burst = burst
        self._clock = clock
        self._may_refuse = may_refuse
        self._plans: list[Plan] = []
        self._full = 0.0
        self._drained = -math.inf
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._server = _Server(self, port)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()
        if kind is None and not self._may_refuse:
            found = [line for request in self.refused for line in request.problems]
            assert not found, "\n".join(found)

    @property
    def url(self) -> str:
        """Give the webhook's URL."""
        scheme = "https" if isinstance(self._server.socket, ssl.SSLSocket) else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_port}{PATH}"

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Serve over https from now on; to be called before the context is entered."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def posts(self) -> list[dict[str, Any]]:
        """Give the payloads that were posted, in the order of arrival."""
        return [request.payload for request in self.requests if request.posted]

    @property
    def refused(self) -> list[Request]:
        """Give the requests whose content was refused by the limits."""
        return [request for request in self.requests if request.problems]

    @property
    def duplicates(self) -> list[dict[str, Any]]:
        """Give each payload that was posted more than once."""
        seen = Counter(json.dumps(post, sort_keys=True) for post in self.posts)
        return [json.loads(text) for text, count in seen.items() if count > 1]

    def script(self, plans: Iterable[Plan]) -> None:
        """Plan the answers to the next requests, in order; ``ok`` is the usual treatment."""
        with self._lock:
            self._plans.extend(plans)

    def release(self) -> None:
        """Let the requests that hang have their answer, now and from now on."""
        self._released.set()

    def receive(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer | Fault:
        """Decide on a request, and write it down."""
        with self._lock:
            plan = self._plans.pop(0) if self._plans else "ok"
            now = self._clock()
            payload: Any = None
            answer: Answer | Fault
            try:
                payload = json.loads(body)
            except (ValueError, RecursionError):
                found = ["invalid_payload: message: not JSON"]
            else:
                found = problems(payload, self._hosts)
            if path != PATH:
                answer, found = Answer(404, "no_service"), []
            elif found:
                answer = Answer(400, found[0].partition(":")[0])
            else:
                answer = self._planned(plan, now)
            posted = not isinstance(answer, Answer) or answer.stores
            request = Request(payload, headers, now, answer, tuple(found), posted)
            self.requests.append(request)
        self.on_request(request)
        return answer

    def _planned(self, plan: Plan, now: float) -> Answer | Fault:
        """Give the answer that a plan asks for; the usual one keeps the pace."""
        if isinstance(plan, tuple):
            return Answer(*plan)
        if plan != "ok":
            return plan
        if self._burst is not None:
            self._full = max(0.0, self._full - (now - self._drained))
            self._drained = now
            if (over := self._full + 1 - self._burst) > 0:
                return Answer(429, "rate_limited", {"Retry-After": str(math.ceil(over))})
            self._full += 1
        return Answer(stores=True)

    def wait_for_release(self) -> None:
        """Hold a request that hangs."""
        self._released.wait()


class _Server(ThreadingHTTPServer):
    """Hand requests to a fake."""

    daemon_threads = False  # The requests in progress are waited for on leaving.

    def __init__(self, slack: FakeSlack, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.slack = slack

    def handle_error(self, *args: Any) -> None:  # noqa: ANN401 - handed on as it came
        """Say nothing about a client that went away: the test knows."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*args)


class _Handler(BaseHTTPRequestHandler):
    """Speak HTTP for a fake."""

    server: _Server
    timeout = 10

    def do_POST(self) -> None:
        """Take a message."""
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"\d{1,9}", length) or int(length) > LARGEST_REQUEST:
            self.answer(Answer(413, "request_too_large"))
            return
        body = self.rfile.read(int(length))
        answer = self.server.slack.receive(self.path, dict(self.headers), body)
        match answer:
            case Answer():
                self.answer(answer)
            case "hang":
                self.server.slack.wait_for_release()
                self.answer(Answer())
            case "garbage":
                self.wfile.write(b"\x00\xff 200 ok\r\n\r\n")
            case "drop":
                self.close_connection = True

    def answer(self, answer: Answer) -> None:
        """Write an answer with its body in full."""
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""


def assert_no_secret(url: str, *texts: object) -> None:
    """Assert that no text, as str or as repr, holds the secret part of a webhook's URL."""
    parts = [part for part in urlsplit(url).path.split("/") if part not in {"", "services"}]
    secrets = ["/".join(parts), "/".join(parts[-2:]), *(part for part in parts if len(part) > 8)]
    for text in texts:
        seen = unquote(f"{text} {text!r}").casefold()
        for secret in secrets:
            assert secret.casefold() not in seen, "the webhook's secret was shown"


def main() -> int:
    """Serve until interrupted; print what is wrong with each message."""
    parser = argparse.ArgumentParser(description="A strict Slack on the loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--burst", type=int, default=5, help="messages at once, then 1 a second")
    parser.add_argument("--link-host", action="append", default=[], help="links may lead there")
    parser.add_argument("--report", action="store_true", help="print the totals at the end")
    options = parser.parse_args()
    totals: Counter[str] = Counter()

    def on_request(request: Request) -> None:
        number = totals.total() + 1
        beyond = over_budget(request.payload) if request.posted else []
        for line in [*request.problems, *beyond]:
            sys.stdout.write(f"message {number}: {line}\n")
        kind = "over our budget" if beyond else "refused" if request.problems else "other answers"
        totals["accepted" if request.posted and not beyond else kind] += 1
        sys.stdout.flush()

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    slack = FakeSlack(options.link_host, burst=options.burst, may_refuse=True, port=options.port)
    slack.on_request = on_request
    with slack:
        sys.stdout.write(f"SLACK_WEBHOOK_URL={slack.url} --allow-host 127.0.0.1\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    if options.report:
        kinds = ("accepted", "over our budget", "refused", "other answers")
        sys.stdout.write(", ".join(f"{totals[kind]} {kind}" for kind in kinds) + "\n")
    return 1 if totals["refused"] or totals["over our budget"] else 0


if __name__ == "__main__":
    sys.exit(main())
