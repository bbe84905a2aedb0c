"""The story of the demo: what ships is what the screenplay says, and it rings where it should."""

from __future__ import annotations

import ipaddress
import json
import runpy
from collections import defaultdict
from importlib.resources import files
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from trailbell.group import cut, story_key
from trailbell.model import LogEvent
from trailbell.record import Record, event_time
from trailbell.rules import DEFAULT_PACK, load_rules

HERE = Path(__file__).parent
SHIPPED = files("trailbell").joinpath("story", "takeover.json").read_text(encoding="utf-8")
RECORDS: list[dict[str, Any]] = json.loads(SHIPPED)["Records"]
ACCOUNT_ARN = "arn:aws:iam::111122223333:"
DOCUMENTATION_NETWORKS = [
    ipaddress.ip_network(network) for network in ("198.51.100.0/24", "203.0.113.0/24")
]

# What people get to read: rule, actor, outcome, number of matches, in the order of their beginning.
STORIES = [
    ("console-sign-in-failures", "carol", "failed", 1),
    ("security-group-changes", "role/terraform-apply", "succeeded", 1),
    ("unauthorized-api-calls", "user/ci-legacy", "failed", 12),
    ("console-sign-in-failures", "alice", "failed", 4),
    ("console-sign-in-without-mfa", "user/alice", "succeeded", 1),
    ("iam-policy-changes", "user/alice", "succeeded", 2),
    ("security-group-changes", "user/svc-backup", "succeeded", 1),
    ("s3-bucket-policy-changes", "user/svc-backup", "succeeded", 2),
    ("config-changes", "user/svc-backup", "succeeded", 1),
    ("cloudtrail-changes", "user/svc-backup", "succeeded", 2),
    ("unauthorized-api-calls", "user/svc-backup", "failed", 1),
    ("cloudtrail-changes", "user/svc-backup", "failed", 1),
    ("kms-key-disabled-or-deleted", "user/svc-backup", "succeeded", 1),
    ("root-usage", "root", "succeeded", 9),
    ("cloudtrail-changes", "root", "succeeded", 1),
    ("root-usage", "root", "succeeded", 1),
]


def test_shipped_file_is_what_the_screenplay_gives() -> None:
    """Nobody has edited the trail file by hand, and the generator gives the same bytes again."""
    script = runpy.run_path(str(HERE.parent / "tools" / "make_story.py"))
    assert script["trail_file"](script["read_screenplay"]()) == SHIPPED


def test_story_rings_as_told() -> None:
    """The default rules tell the takeover, with two false alarms, and nothing of the noise."""
    rules = [rule for pack in load_rules((DEFAULT_PACK,), HERE) for rule in pack.rules]
    stories: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
    told: dict[str, tuple[str, str]] = {}
    for fields in RECORDS:
        event = LogEvent(json.dumps(fields), id=fields["eventID"])
        record = Record(fields)
        told[event.id] = (record.actor.removeprefix(ACCOUNT_ARN), record.outcome)
        for rule in rules:
            if rule.holding(event.message):
                timed = (event.id, event_time(event, 0), len(event.message))
                stories[rule.name, story_key(rule, event)].append(timed)
    alerts = [
        (min(time for key, time, _ in story if key in keys), name, *told[keys[0]], len(keys))
        for (name, _), story in stories.items()
        for keys in cut(story)
    ]
    alerts.sort(key=itemgetter(0))
    expected = STORIES
    assert expected == [alert[1:] for alert in alerts]


def test_story_is_in_order() -> None:
    """A good hundred records in the order of their times, each with its own id."""
    times = [record["eventTime"] for record in RECORDS]
    ids = {record["eventID"] for record in RECORDS}
    expected = (113, 113, "2026-03-14T02:05:12Z", "2026-03-14T02:50:12Z")
    assert expected == (len(times), len(ids), times[0], times[-1])
    assert sorted(times) == times


def test_story_is_made_up() -> None:
    """No address in the story belongs to anybody: all are of the ranges for documentation."""
    addresses = {record["sourceIPAddress"] for record in RECORDS}
    services = {address for address in addresses if address.endswith(".amazonaws.com")}
    strangers = {
        address
        for address in addresses - services
        if not any(ipaddress.ip_address(address) in net for net in DOCUMENTATION_NETWORKS)
    }
    assert (3, set()) == (len(services), strangers)


@pytest.mark.parametrize(
    "text", ["<!channel>", "<!here>", "|AWS console>", "```", '"sessionToken":']
)
def test_story_shows_what_must_not_be_interpreted(text: str) -> None:
    """The thief's strings and a session token are in the file, for the demo to show them tamed."""
    assert text in SHIPPED
