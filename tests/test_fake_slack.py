"""The strict Slack of the tests answers as Slack does, and as badly as a test plans."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys

import pytest

import fake_slack
from fake_slack import Answer, FakeSlack, assert_no_secret


def message(text: str = "an alert", *sections: str) -> dict[str, object]:
    """Make a message of a fallback and sections in mrkdwn."""
    made: dict[str, object] = {"text": text, "unfurl_links": False, "unfurl_media": False}
    if sections:
        made["blocks"] = [
            {"type": "section", "text": {"type": "mrkdwn", "text": each}} for each in sections
        ]
    return made


def post(url: str, body: bytes, path: str = fake_slack.PATH) -> tuple[int, str, str | None]:
    """Post a body; give status, body and Retry-After of the answer."""
    connection = http.client.HTTPConnection(url.split("/")[2], timeout=10)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.getheader("Retry-After")
    finally:
        connection.close()


def test_a_valid_message_is_answered_ok_and_kept() -> None:
    """A valid message is posted, with its headers and the time of the clock."""
    with FakeSlack(clock=lambda: 12.5) as slack:
        answer = post(slack.url, json.dumps(message()).encode())
        (request,) = slack.requests
    assert answer == (200, "ok", None)
    posts = [message()]
    assert posts == slack.posts
    seen = (12.5, "application/json")
    assert seen == (request.time, request.headers["Content-Type"])


def test_a_refused_message_fails_the_test_that_sent_it() -> None:
    """Leaving the fake fails with the problems, and the answer was Slack's."""
    slack = FakeSlack()
    slack.__enter__()
    answer = post(slack.url, json.dumps(message("<!channel>")).encode())
    with pytest.raises(AssertionError) as caught:
        slack.__exit__(None)
    expected = "invalid_payload: text: live token <!channel>"
    assert expected == str(caught.value)
    assert answer == (400, "invalid_payload", None)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000], ids=repr)
def test_a_body_that_is_no_json_is_malformed(body: bytes) -> None:
    """A body that cannot be read is answered as Slack does."""
    with FakeSlack(may_refuse=True) as slack:
        answer = post(slack.url, body)
    expected = (400, "invalid_payload", None)
    assert expected == answer


def test_another_path_is_no_service() -> None:
    """A path that was never given out is answered as a webhook that is gone."""
    with FakeSlack() as slack:
        answer = post(slack.url, b"{}", "/services/T000/B000/other")
    expected = (404, "no_service", None)
    assert expected == answer
    assert not slack.posts


def test_the_pace_is_one_a_second_after_a_burst() -> None:
    """Beyond the bucket a message is not posted, and is told how long to wait."""
    times = iter([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 9.0, 9.0, 9.0])
    body = json.dumps(message()).encode()
    with FakeSlack(burst=2, clock=lambda: next(times)) as slack:
        answers = [post(slack.url, body) for _ in range(9)]
    ok, wait = (200, "ok", None), (429, "rate_limited", "1")
    expected = [ok, ok, wait, wait, ok, wait, ok, ok, wait]
    assert expected == answers
    assert len(slack.posts) == 5
    assert [message()] == slack.duplicates


def test_planned_answers_come_in_order() -> None:
    """Each plan answers one request; a message is posted only where the plan stores it."""
    body = json.dumps(message()).encode()
    with FakeSlack() as slack:
        slack.script([(429, "rate_limited", {"Retry-After": "7"}), (403, "action_prohibited")])
        slack.script([Answer(500, "rollup_error", stores=True), "ok"])
        answers = [post(slack.url, body) for _ in range(5)]
    ok = (200, "ok", None)
    expected = [
        (429, "rate_limited", "7"),
        (403, "action_prohibited", None),
        (500, "rollup_error", None),
        ok,
        ok,
    ]
    assert expected == answers
    posted = [False, False, True, True, True]
    assert posted == [request.posted for request in slack.requests]


def test_a_message_that_is_dropped_was_posted() -> None:
    """A connection closed in the place of an answer leaves the message posted."""
    with FakeSlack() as slack:
        slack.script(["drop"])
        with pytest.raises(http.client.RemoteDisconnected):
            post(slack.url, json.dumps(message()).encode())
    posts = [message()]
    assert posts == slack.posts


def test_a_request_that_hangs_is_answered_when_released() -> None:
    """A late answer comes when the test releases it."""
    with FakeSlack() as slack:
        slack.script(["hang"])
        slack.on_request = lambda request: slack.release()  # noqa: ARG005 - only that it came
        answer = post(slack.url, json.dumps(message()).encode())
    expected = (200, "ok", None)
    assert expected == answer


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1/services/T000/B000/secret",
        "POST /services/t000/b000/SECRET",
        "b000%2Fsecret",
        ValueError("B000/secret"),
    ],
    ids=repr,
)
def test_a_shown_secret_is_found(text: object) -> None:
    """The secret part is found in texts and exceptions, in either case and percent-encoded."""
    with pytest.raises(AssertionError, match=r"^the webhook's secret was shown$"):
        assert_no_secret("http://127.0.0.1:1/services/T000/B000/secret", "fine", text)


def test_the_fake_runs_by_hand() -> None:
    """Run as a program it prints each problem and the totals, and fails where there were any."""
    command = [sys.executable, fake_slack.__file__, "--report", "--link-host", "wiki.example.com"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        url = process.stdout.readline().split()[0].partition("=")[2]
        for payload in (
            message("one", "<https://wiki.example.com/x|runbook>"),
            message("two", "<!here>"),
            message("x" * 3_001),
        ):
            post(url, json.dumps(payload).encode())
        process.terminate()
        output, _ = process.communicate(timeout=10)
    expected = (
        "message 2: invalid_blocks: blocks[0].text.text: live token <!here>\n"
        "message 3: text: 3001 characters, at most 3000\n"
        "1 accepted, 1 over our budget, 1 refused, 0 other answers\n"
    )
    assert expected == output
    assert process.returncode == 1
