"""Stories: what belongs together, and how it is cut into alerts."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from trailbell.group import LONGEST, MOST_BYTES, MOST_MATCHES, WINDOW, cut, story_key, window_of
from trailbell.model import LogEvent, Origin, Rule, Threshold

HERE = Path(__file__).parent
CUTS = tomllib.loads((HERE / "group_cuts.toml").read_text("utf-8"))["case"]

RULE = Rule("denied", "denied")
IDENTITY = {
    "type": "AssumedRole",
    "arn": "arn:aws:sts::111122223333:assumed-role/deploy/one",
    "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/deploy"}},
}
RECORD = {
    "eventVersion": "1.08",
    "eventName": "GetObject",
    "eventSource": "s3.amazonaws.com",
    "userIdentity": IDENTITY,
    "awsRegion": "us-east-1",
    "sourceIPAddress": "198.51.100.7",
    "recipientAccountId": "111122223333",
    "requestParameters": {"bucketName": "logs"},
}


def recorded(**fields: object) -> LogEvent:
    """Make the event of a record with some of its fields changed."""
    return LogEvent(json.dumps(RECORD | fields), "1", 0, Origin("444455556666", "", "trail"))


SESSION = {"arn": "arn:aws:sts::111122223333:assumed-role/deploy/two"}
SAME: list[dict[str, object]] = [
    {},
    {"eventID": "x", "eventName": "PutObject", "awsRegion": "eu-west-1"},
    {"sourceIPAddress": "203.0.113.9", "requestParameters": None},
    {"userIdentity": IDENTITY | SESSION},
    {"userIdentity": SESSION},
    {"errorCode": None},
]
OTHER: list[dict[str, object]] = [
    {"errorCode": "AccessDenied"},
    {"recipientAccountId": "777788889999"},
    {"recipientAccountId": None},
    {"userIdentity": {"arn": "arn:aws:iam::111122223333:user/alice"}},
    {"userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"}},
    {"userIdentity": None},
]


@pytest.mark.parametrize("fields", SAME, ids=json.dumps)
def test_one_story(fields: dict[str, object]) -> None:
    """What one role did in one account with one outcome is one story, whatever its session."""
    assert story_key(RULE, recorded()) == story_key(RULE, recorded(**fields))


def test_stories_apart() -> None:
    """Another outcome, account, actor or rule is another story."""
    keys = {story_key(RULE, recorded(**fields)) for fields in OTHER}
    keys |= {story_key(RULE, recorded()), story_key(Rule("other", "denied"), recorded())}
    assert len(OTHER) + 2 == len(keys)


def test_group_by_replaces_actor_and_account() -> None:
    """A rule's group_by names what makes a story, and the outcome still parts it."""
    rule = structs.replace(RULE, group_by=("source_ip", "$.requestParameters.bucketName"))
    same = recorded(userIdentity=None, recipientAccountId="777788889999")
    others = [
        recorded(sourceIPAddress="203.0.113.9"),
        recorded(requestParameters={"bucketName": "other"}),
        recorded(requestParameters=None),
        recorded(errorCode="AccessDenied"),
    ]
    assert story_key(rule, recorded()) == story_key(rule, same)
    assert len({story_key(rule, event) for event in (recorded(), *others)}) == 5


def test_story_of_log_lines() -> None:
    """Events that are no records are one story for each rule and log group, or file."""
    group = LogEvent("denied", "1", 0, Origin("111122223333", "us-east-1", "app", "a"))
    same = LogEvent("denied too", "2", 9, Origin("111122223333", "", "app", "b", "x.json", 7))
    others = [
        structs.replace(group, origin=Origin("111122223333", "us-east-1", "db")),
        structs.replace(group, origin=Origin("777788889999", "us-east-1", "app")),
        structs.replace(group, origin=Origin(path="app.log")),
        structs.replace(group, origin=Origin(path="db.log")),
    ]
    assert story_key(RULE, group) == story_key(RULE, same)
    assert len({story_key(RULE, event) for event in (group, *others)}) == 5


WINDOWS = [(0, 0), (299_999, 0), (300_000, 300_000), (1_773_453_912_345, 1_773_453_900_000)]


@pytest.mark.parametrize(("time", "start"), WINDOWS)
def test_windows_are_aligned(time: int, start: int) -> None:
    """A window begins at a whole multiple of its length since the epoch."""
    rule = structs.replace(RULE, threshold=Threshold(5, timedelta(minutes=5)))
    assert (start, None) == (window_of(rule, time), window_of(RULE, time))


@given(st.integers(0, 253_402_300_799_999), st.floats(0.0001, 1e9))
def test_window_holds_its_time(time: int, seconds: float) -> None:
    """Whatever its length, a window holds the time that it is asked for."""
    rule = structs.replace(RULE, threshold=Threshold(2, timedelta(seconds=seconds)))
    start = window_of(rule, time)
    assert start is not None
    assert start <= time < start + max(1, round(seconds * 1000) + 1)


@pytest.mark.parametrize("case", CUTS, ids=lambda case: case["name"])
def test_story_is_cut(case: dict[str, Any]) -> None:
    """A story ends after a gap longer than the window, and an alert with an hour or its size."""
    if "times" in case:
        matches = [(f"k{at}", round(time * 1000), 1) for at, time in enumerate(case["times"])]
    else:
        matches = [(f"k{at}", 0, case["size"]) for at in range(case["count"])]
    found = list(cut(matches, case.get("window", WINDOW), case.get("longest", LONGEST)))
    assert case["alerts"] == [len(keys) for keys in found]
    assert [key for key, _, _ in matches] == [key for keys in found for key in keys]


@given(st.lists(st.tuples(st.integers(0, 20_000_000), st.integers(0, MOST_BYTES * 2)), max_size=60))
def test_cuts_lose_nothing(drawn: list[tuple[int, int]]) -> None:
    """Every match is in one alert, in order; none is too long, and none is cut without need."""
    matches = [(str(at), *match) for at, match in enumerate(sorted(drawn))]
    alerts = [[matches[int(key)] for key in keys] for keys in cut(matches)]
    assert matches == [match for alert in alerts for match in alert]
    for alert in alerts:
        times = [time for _, time, _ in alert]
        assert times[-1] - times[0] <= LONGEST * 1000
        assert all(b - a <= WINDOW * 1000 for a, b in pairwise(times))
        assert len(alert) == 1 or sum(size for _, _, size in alert) <= MOST_BYTES
        assert len(alert) <= MOST_MATCHES
    for alert, after in pairwise(alerts):
        size = sum(size for _, _, size in (*alert, after[0]))
        late = after[0][1] - alert[-1][1] > WINDOW * 1000
        long = after[0][1] - alert[0][1] > LONGEST * 1000
        assert late or long or size > MOST_BYTES
