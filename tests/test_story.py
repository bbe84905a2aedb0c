"""The story of the demo: what ships is what the screenplay says, and it rings where it should."""

from __future__ import annotations

import ipaddress
import json
import runpy
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from trailbell.engine import Engine
from trailbell.model import LogEvent
from trailbell.rules import DEFAULT_PACK, load_rules
from trailbell.volume import NONE, Sight, Volume

HERE = Path(__file__).parent
SHIPPED = files("trailbell").joinpath("story", "takeover.json").read_text(encoding="utf-8")
RECORDS: list[dict[str, Any]] = json.loads(SHIPPED)["Records"]
ACCOUNT_ARN = "arn:aws:iam::111122223333:"
DOCUMENTATION_NETWORKS = [
    ipaddress.ip_network(network) for network in ("198.51.100.0/24", "203.0.113.0/24")
]

# What people get to read: rule, actor, how many failed, how many matches, in the order of their
# beginning.
STORIES = [
    ("denied-call-burst", "user/ci-legacy", 23, 23),
    ("console-password-set", "user/ci-legacy", 0, 1),
    ("sign-in-without-mfa", "user/alice", 0, 1),
    ("iam-user-created", "user/alice", 0, 1),
    ("admin-rights-granted", "user/alice", 0, 1),
    ("long-term-credential-created", "user/alice", 0, 1),
    ("role-trust-widened", "user/alice", 0, 1),
    ("mining-instances-launched", "user/svc-backup", 1, 1),
    ("mining-instances-launched", "user/svc-backup", 0, 1),
    ("bucket-opened", "user/svc-backup", 0, 2),
    ("security-service-disabled", "user/svc-backup", 0, 1),
    ("trail-narrowed", "user/svc-backup", 0, 1),
    ("trail-stopped", "user/svc-backup", 0, 1),
    ("trail-stopped", "user/svc-backup", 1, 1),
    ("kms-key-at-risk", "user/svc-backup", 0, 1),
    ("root-used", "root", 0, 9),
    ("root-used", "root", 0, 1),
]


def test_shipped_file_is_what_the_screenplay_gives() -> None:
    """Nobody has edited the trail file by hand, and the generator gives the same bytes again."""
    script = runpy.run_path(str(HERE.parent / "tools" / "make_story.py"))
    assert script["trail_file"](script["read_screenplay"]()) == SHIPPED


def test_story_rings_as_told() -> None:
    """The default rules tell the takeover, and nothing of the noise or of the clean-up's calls."""
    volume = Volume(0)
    rules = [rule for pack in load_rules((DEFAULT_PACK,), HERE) for rule in pack.rules]
    events = [LogEvent(json.dumps(fields), id=fields["eventID"]) for fields in RECORDS]
    volume.watch(Engine(rules), events)
    alerts: dict[int, list[Sight]] = {}
    volume.settle()
    for sight in volume.sights:
        if sight.alert is not None:
            alerts.setdefault(sight.alert, []).append(sight)
    told = [
        (
            min(sight.time for sight in sights),
            sights[0].rule.name,
            sights[0].values[1].removeprefix(ACCOUNT_ARN),
            sum(sight.values[-1] != NONE for sight in sights),
            len(sights),
        )
        for sights in alerts.values()
    ]
    assert STORIES == [alert[1:] for alert in sorted(told)]


def test_story_is_in_order() -> None:
    """A good hundred records in the order of their times, each with its own id."""
    times = [record["eventTime"] for record in RECORDS]
    ids = {record["eventID"] for record in RECORDS}
    expected = (124, 124, "2026-03-14T02:05:12Z", "2026-03-14T02:50:12Z")
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
