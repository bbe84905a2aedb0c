"""Whatever a record holds, its alert can be shown, within limits, harmless and without secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fake_slack_limits import over_budget, problems
from render_kit import alert_of, shown
from trailbell.model import Alert, Origin
from trailbell.preview import UNPRINTABLE
from trailbell.record import read_record
from trailbell.render.page import page
from trailbell.render.slack import SlackMessages
from trailbell.render.terminal import TerminalMessages

SECRET = "made-up-secret-0123456789"
LOG_GROUP = Origin("444455556666", "eu-west-1", "/app/orders", "stream")
HOSTILE = (
    "<!channel>",
    "<@U0123>",
    "<https://evil.example|AWS console>",
    "https://evil.example/x",
    "```",
    "`*_~:tada:",
    "&amp;",
    "&" * 300,
    "\u202egpj.exe",
    "\u2066\u200b\ufeff",
    "\x1b[31m\x07\x9b2J",
    "\r\n\u2028",
    "\ud800",
    "\udfff\ud800",
    "x" * 9_000,
    "[bold red]rich[/]",
    "arn:aws:iam::444455556666:user/" + "a/" * 400,
    "AKIA" + "<" * 200,
    "2026-03-14T02:30:00Z",
    "9999-12-31T23:59:59-23:00",
    "0001-01-01T00:00:00+14:00",
    "User: x is not authorized to perform: " * 20,
    "",
    " ",
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE[:16]), max_size=4).map("".join),
    st.text(st.characters(exclude_categories=[]), max_size=30),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([10**400, -0.0]), TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
OFTEN: dict[str, list[Any]] = {
    "type": ["IAMUser", "Root", "AssumedRole", "AWSService"],
    "arn": ["arn:aws:sts::1:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/eva"],
    "accountId": ["444455556666"],
    "accessKeyId": ["AKIADORA000EXAMPLE"],
    "userName": ["dora"],
    "invokedBy": ["s3.amazonaws.com"],
    "sessionContext": [
        {"attributes": {"mfaAuthenticated": "false"}, "sessionIssuer": {"arn": "x"}}
    ],
}
IDENTITIES = st.fixed_dictionaries(
    {}, optional={name: st.one_of(VALUES, st.sampled_from(some)) for name, some in OFTEN.items()}
)
ANY = (
    "eventTime",
    "eventSource",
    "eventID",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "recipientAccountId",
    "addendum",
    "insightDetails",
    "eventCategory",
)
RECORDS = st.fixed_dictionaries(
    {"eventVersion": VALUES, "eventName": st.one_of(VALUES, st.just("ConsoleLogin"))},
    optional={
        "userIdentity": st.one_of(VALUES, IDENTITIES),
        "requestParameters": st.one_of(
            VALUES, st.dictionaries(st.sampled_from(["name", "userName", "keyId"]), VALUES)
        ),
        "resources": st.one_of(VALUES, st.lists(st.dictionaries(st.just("ARN"), VALUES))),
        "responseElements": st.one_of(VALUES, st.just({"ConsoleLogin": "Failure"})),
        "additionalEventData": st.one_of(VALUES, st.just({"MFAUsed": "No"})),
        **dict.fromkeys(ANY, VALUES),
    },
)


def check(alert: Alert) -> None:
    """Hold the messages of an alert against what must be true of each."""
    slack = SlackMessages({"444455556666": "shop"})
    for payload in (slack(alert), slack.plain(alert)):
        assert [] == problems(payload)
        assert [] == over_budget(payload)
        assert SECRET not in json.dumps(payload)
        json.dumps(payload, ensure_ascii=False).encode()
    assert "<script" not in page([slack(alert)])
    text = shown(TerminalMessages({})(alert), width=80)
    assert set(UNPRINTABLE.findall(text)) <= {"\n"}
    assert SECRET not in text


def codes(payload: dict[str, Any]) -> Iterator[str]:
    """Give the JSON that a message shows."""
    for block in payload["blocks"]:
        for element in block.get("elements", ()):
            if element.get("language") == "json":
                yield from (run["text"] for run in element["elements"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(RECORDS, min_size=1, max_size=4))
@example([{"eventVersion": "1", "eventName": "x" * 100_000}])
def test_any_record_can_be_shown(records: list[dict[str, Any]]) -> None:
    """Records of any content make a message that Slack takes and a text without control codes."""
    alert = alert_of([json.dumps(record) for record in records])
    check(alert)
    if all(read_record(match.event.message) for match in alert.matches):
        for text in codes(SlackMessages({})(alert)):
            assert isinstance(json.loads(text), dict)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(TEXTS, VALUES.map(json.dumps)), min_size=1, max_size=5), st.booleans())
def test_any_log_message_can_be_shown(messages: list[str], grouped: bool) -> None:  # noqa: FBT001  hypothesis gives it
    """Messages of any content, from a log group or a file, make messages that can be shown."""
    decodable = [message.encode(errors="replace").decode() for message in messages]
    check(alert_of(decodable, origin=LOG_GROUP if grouped else Origin(path="app.log", position=1)))


@pytest.mark.parametrize(
    "path",
    [
        ("responseElements", "credentials", "sessionToken"),
        ("responseElements", "accessKey", "secretAccessKey"),
        ("requestParameters", "password"),
        ("requestParameters", "environment", "variables", "DB_PASSWORD"),
    ],
    ids=".".join,
)
def test_no_credential_is_shown(path: tuple[str, ...]) -> None:
    """What stands under a secret's name is in no message, wherever the record is shown."""
    top, *names = path
    value: object = SECRET
    for name in reversed(names):
        value = {name: value}
    record = {"eventVersion": "1.11", "eventName": "X", top: value}
    check(alert_of([json.dumps(record)]))


@pytest.mark.parametrize("depth", [50, 61, 300, 900])
def test_nesting_is_cut_where_nobody_reads_on(depth: int) -> None:
    """A record that nests deeper than any service writes is shown with a note in that place."""
    message = '{"eventVersion":"1","eventName":"Deep","requestParameters":' + '{"a":' * depth
    alert = alert_of([message + "1" + "}" * depth + "}"])
    check(alert)
    texts = "".join(codes(SlackMessages({})(alert)))
    assert (depth > 59) is ("nested deeper" in texts)


def test_many_keys_are_counted() -> None:
    """Of a record with thousands of keys as many are shown as fit, and the rest is counted."""
    record = {"eventVersion": "1", "eventName": "X", **{f"key{n}": n for n in range(20_000)}}
    alert = alert_of([json.dumps(record)])
    check(alert)
    assert "fields cut" in "".join(codes(SlackMessages({})(alert)))
