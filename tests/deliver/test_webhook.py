"""Send messages to a strict Slack on the loopback, and to servers that misbehave."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import struct
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import trailbell
from fake_slack import Answer, FakeSlack, Plan, assert_no_secret
from trailbell.deliver.outcome import Delivery, Verdict
from trailbell.deliver.webhook import WORDS, Webhook
from trailbell.errors import ConfigurationError

ANSWERS = tomllib.loads(Path(__file__).with_name("webhook_answers.toml").read_text("utf-8"))
# A key and certificate for 127.0.0.1, made for these tests and used nowhere else.
LOOPBACK_PEM = Path(__file__).with_name("loopback.pem")
MESSAGE = {"text": "[high] DeleteTrail by alice", "unfurl_links": False, "unfurl_media": False}
ALLOWED = ("127.0.0.1",)
UNKNOWN = "unknown whether posted"


@contextmanager
def raw_server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection with a function of its own, and give the URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            connection, _ = listening.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/services/T000/B000/secret"
        thread.join()


def read_request(connection: socket.socket) -> None:
    """Read a request whole; its body is the last thing to come."""
    seen = b""
    while not seen.endswith(b"}"):
        seen += connection.recv(65_536)


@pytest.mark.parametrize("row", ANSWERS["answer"], ids=lambda row: f"{row['name']}")
def test_an_answer_is_classified_by_its_body_and_then_its_status(row: dict[str, Any]) -> None:
    """Each answer gives its verdict, a reason without the secret, and the time to wait."""
    expected = Delivery(
        Verdict(row["verdict"]), f"127.0.0.1 answered {row['reason']}", row.get("retry_after")
    )
    with FakeSlack() as slack:
        slack.script([(row["status"], row["body"], row.get("headers", {}))])
        delivery = Webhook(slack.url, allow_hosts=ALLOWED).send(MESSAGE)
        assert expected == delivery
        assert_no_secret(slack.url, delivery)
        assert len(slack.requests) == 1


def test_every_word_of_slack_is_in_the_table() -> None:
    """No word that the sender knows is left without a row of expectations."""
    expected = {row["body"] for row in ANSWERS["answer"]}
    assert set(WORDS) <= expected


def test_a_message_arrives_as_utf8_json() -> None:
    """The body is the message as UTF-8, under the program's own name, on a closing connection."""
    message = {**MESSAGE, "text": "Grüße · 🔔 from \ud800 prod"}
    with FakeSlack() as slack:
        delivery = Webhook(slack.url, allow_hosts=ALLOWED).send(message)
        (request,) = slack.requests
    body = json.dumps({**message, "text": "Grüße · 🔔 from ? prod"}, ensure_ascii=False)
    expected = {
        "Host": slack.url.split("/")[2],
        "Accept-Encoding": "identity",
        "Content-Length": str(len(body.replace(": ", ":").replace(", ", ",").encode())),
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"trailbell/{trailbell.__version__}",
        "Connection": "close",
    }
    assert expected == dict(request.headers)
    assert json.loads(body) == request.payload
    assert Delivery(Verdict.DELIVERED, "127.0.0.1 answered 200 ok") == delivery


def test_the_fake_refuses_what_slack_would() -> None:
    """A message that breaks a limit comes back as refused, so that a fallback can be sent."""
    message = {**MESSAGE, "blocks": [{"type": "divider"}] * 51}
    with FakeSlack(may_refuse=True) as slack:
        delivery = Webhook(slack.url, allow_hosts=ALLOWED).send(message)
    reason = "127.0.0.1 answered 400 invalid_blocks: the message's blocks were refused"
    expected = Delivery(Verdict.REFUSED, reason)
    assert expected == delivery
    assert not slack.posts


@pytest.mark.parametrize(
    ("plan", "trouble"),
    [
        ("drop", f"no answer from 127.0.0.1: the connection was closed too early; {UNKNOWN}"),
        ("hang", f"no answer from 127.0.0.1: nothing complete within 0.2 s; {UNKNOWN}"),
        ("garbage", f"no answer from 127.0.0.1: what came was not HTTP; {UNKNOWN}"),
        (
            Answer(500, "rollup_error", stores=True),
            f"127.0.0.1 answered 500 rollup_error: trouble on its side; {UNKNOWN}",
        ),
    ],
    ids=["drop", "hang", "garbage", "500 after storing"],
)
def test_an_attempt_that_may_have_been_posted_is_to_be_retried(plan: Plan, trouble: str) -> None:
    """Where the message was taken and no sound answer came, the verdict is to try again."""
    with FakeSlack() as slack:
        slack.script([plan])
        webhook = Webhook(slack.url, allow_hosts=ALLOWED, timeout=0.2 if plan == "hang" else 10)
        delivery = webhook.send(MESSAGE)
        assert_no_secret(slack.url, delivery)
    expected = Delivery(Verdict.RETRY, trouble)
    assert expected == delivery
    posts = [MESSAGE]
    assert posts == slack.posts


def test_a_redirect_is_not_followed() -> None:
    """A redirect to a server that would take the message is not followed."""
    with FakeSlack() as elsewhere, FakeSlack() as slack:
        slack.script([(308, "", {"Location": elsewhere.url})])
        delivery = Webhook(slack.url, allow_hosts=ALLOWED).send(MESSAGE)
    expected = Verdict.MISCONFIGURED
    assert expected == delivery.verdict
    assert not elsewhere.requests


def test_a_huge_answer_is_read_to_a_cap() -> None:
    """Of an answer of many megabytes only the beginning is read and shown."""
    with FakeSlack() as slack:
        slack.script([(404, "ha" * 4_000_000)])
        delivery = Webhook(slack.url, allow_hosts=ALLOWED).send(MESSAGE)
    shown = "ha" * 39 + "h…"
    expected = f'127.0.0.1 answered 404 "{shown}": it does not take messages at this URL'
    assert expected == delivery.reason


@pytest.mark.parametrize("length", [b"Content-Length: 4000\r\n", b""], ids=["length", "no length"])
def test_a_server_that_drips_is_cut_off(length: bytes) -> None:
    """The timeout bounds the whole answer, not each byte of it."""
    stop = threading.Event()

    def drip(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        try:
            while not stop.wait(0.02):
                connection.sendall(b"o")
        except ConnectionError:
            return

    with raw_server(drip) as url:
        delivery = Webhook(url, allow_hosts=ALLOWED, timeout=0.3).send(MESSAGE)
        stop.set()
    reason = f"no answer from 127.0.0.1: nothing complete within 0.3 s; {UNKNOWN}"
    expected = Delivery(Verdict.RETRY, reason)
    assert expected == delivery


def test_a_reset_is_to_be_retried() -> None:
    """A connection that is reset in the place of an answer leaves open what happened."""

    def reset(connection: socket.socket) -> None:
        read_request(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with raw_server(reset) as url:
        delivery = Webhook(url, allow_hosts=ALLOWED).send(MESSAGE)
    reason = f"no answer from 127.0.0.1: connection reset by peer; {UNKNOWN}"
    expected = Delivery(Verdict.RETRY, reason)
    assert expected == delivery


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n",
    ],
    ids=["by its length", "by its chunks", "chunks without sizes"],
)
def test_an_answer_cut_short_is_to_be_retried(answer: bytes) -> None:
    """An answer that ends before it is complete is none, even where it begins with ok."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)

    with raw_server(serve) as url:
        delivery = Webhook(url, allow_hosts=ALLOWED).send(MESSAGE)
    reason = f"no answer from 127.0.0.1: the connection was closed too early; {UNKNOWN}"
    expected = Delivery(Verdict.RETRY, reason)
    assert expected == delivery


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\nok",
        b"HTTP/1.1 200 " + b"O" * 100_000 + b"\r\n\r\nok",
        b"HTTP/1.1 two hundred\r\n\r\nok",
    ],
    ids=["too many headers", "too long a line", "a status in words"],
)
def test_bad_http_is_to_be_retried(answer: bytes) -> None:
    """An answer that breaks HTTP's rules is no answer."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)

    with raw_server(serve) as url:
        delivery = Webhook(url, allow_hosts=ALLOWED).send(MESSAGE)
    reason = f"no answer from 127.0.0.1: what came was not HTTP; {UNKNOWN}"
    expected = Delivery(Verdict.RETRY, reason)
    assert expected == delivery


def test_a_refused_connection_posted_nothing() -> None:
    """Where no connection came about, the reason says that nothing was posted."""
    with FakeSlack() as slack:
        url = slack.url
    delivery = Webhook(url, allow_hosts=ALLOWED).send(MESSAGE)
    expected = Delivery(Verdict.RETRY, "no connection to 127.0.0.1: connection refused; not posted")
    assert expected == delivery


def test_a_host_name_that_cannot_be_looked_up_is_an_outcome() -> None:
    """A host name with a part over 63 characters raises nothing."""
    host = "a" * 64 + ".example"
    delivery = Webhook(f"https://{host}/secret-path", allow_hosts=[host]).send(MESSAGE)
    expected = Delivery(
        Verdict.RETRY, f"no connection to {host}: the host name is not valid; not posted"
    )
    assert expected == delivery


def test_a_message_goes_over_verified_tls() -> None:
    """Over https the server's certificate is checked, and a good one delivers."""
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(LOOPBACK_PEM)
    trusting = ssl.create_default_context(cafile=LOOPBACK_PEM)
    slack = FakeSlack()
    slack.speak_tls(served)
    with slack:
        delivery = Webhook(slack.url, allow_hosts=ALLOWED, tls=trusting).send(MESSAGE)
    expected = Delivery(Verdict.DELIVERED, "127.0.0.1 answered 200 ok")
    assert expected == delivery
    posts = [MESSAGE]
    assert posts == slack.posts


def test_a_certificate_that_nobody_vouches_for_is_a_configuration_error() -> None:
    """By default a certificate of its own is refused before anything is sent."""
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(LOOPBACK_PEM)
    slack = FakeSlack()
    slack.speak_tls(served)
    with slack:
        delivery = Webhook(slack.url, allow_hosts=ALLOWED).send(MESSAGE)
    expected = Verdict.MISCONFIGURED
    assert expected == delivery.verdict
    assert delivery.reason.startswith("the certificate of 127.0.0.1 is not valid: self")
    assert not slack.requests


def test_tls_to_a_server_without_it_posted_nothing() -> None:
    """A server that does not speak TLS gets no message."""
    with FakeSlack() as slack:
        url = slack.url.replace("http:", "https:")
        delivery = Webhook(url, allow_hosts=ALLOWED).send(MESSAGE)
    expected = Verdict.RETRY
    assert expected == delivery.verdict
    assert delivery.reason.startswith("no connection to 127.0.0.1: TLS failed (")
    assert delivery.reason.endswith("); not posted")
    assert not slack.requests


def test_nothing_shows_the_secret(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither logs, nor output, nor the sender's own representation hold the path."""
    caplog.set_level(logging.DEBUG)
    with FakeSlack() as slack:
        slack.script([(500, slack.url), "drop", "ok"])
        webhook = Webhook(slack.url, allow_hosts=ALLOWED)
        deliveries = [webhook.send(MESSAGE) for _ in range(3)]
        shown = slack.url.split("/")[2] + "/***"
    assert shown == webhook.shown_url
    assert f"Webhook('{shown}')" == repr(webhook)
    assert_no_secret(slack.url, webhook, deliveries, caplog.text, *capfd.readouterr())


def test_slack_s_own_address_is_shown_without_its_parts() -> None:
    """Slack's address is shown by its form, and the server is called Slack."""
    url = "https://hooks.slack.com/services/T0AB12/B0CD34/averylongsecret"
    webhook = Webhook(url)
    expected = "hooks.slack.com/services/T…/B…/***"
    assert expected == webhook.shown_url
    reason = "Slack answered 404 no_service: the webhook was removed or disabled"
    assert reason == webhook._judge(404, "no_service", None).reason
    assert_no_secret(url, webhook, webhook.shown_url)


def test_error_for_a_host_that_nobody_allowed() -> None:
    """A sender for a host that is neither Slack's nor allowed cannot be made."""
    with FakeSlack() as slack, pytest.raises(ConfigurationError) as caught:
        Webhook(slack.url)
    expected = (
        'webhook URL: expected host hooks.slack.com or hooks.slack-gov.com, found "127.0.0.1"; '
        "allow another by name (--allow-host 127.0.0.1)"
    )
    assert expected == str(caught.value)
    assert_no_secret(slack.url, caught.value)
