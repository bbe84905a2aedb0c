"""``trailbell top``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kit
from trailbell.clock import SystemClock

CONFIGURATION = """\
rules = ["own.toml"]

[[except]]
name = "carol"
reason = "she may"
values = { actor = ["*/carol"] }
"""
RULES = """\
[[rule]]
name = "trail-stopped"
severity = "high"
pattern = '{ $.eventName = StopLogging }'

[[rule]]
name = "denied"
pattern = '{ $.errorCode = "*Denied*" }'
threshold = { count = 5, within = "5m" }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with rules, a configuration with an exception, and records of three users."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(SystemClock, "now", lambda _: kit.NOON)
    (tmp_path / "trailbell.toml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "own.toml").write_text(RULES, "utf-8")
    users = ["alice", "alice", "bob", "carol", "alice"]
    records = [
        kit.record(number, at=kit.NOON + 600 * number, userIdentity=identity(user))
        for number, user in enumerate(users)
    ]
    records[2]["errorCode"] = "AccessDenied"
    records.append(kit.record(9, eventName="ListUsers"))
    kit.write_trail(tmp_path / "trail.json", records)
    return tmp_path


def identity(user: str) -> dict[str, str]:
    """Make the identity of a user."""
    return {"type": "IAMUser", "arn": f"arn:aws:iam::{kit.ACCOUNT}:user/{user}"}


def test_for_people() -> None:
    """People see each facet as bars, what is suppressed and why, and an exception to paste."""
    ended = kit.trailbell("top", "trail.json", "-n", "2")
    assert (0, "") == (ended.exit, ended.err)
    expected = (Path(__file__).parent / "top.txt").read_text("utf-8")
    assert expected == ended.out


def test_for_scripts() -> None:
    """Scripts get one JSON object with everything."""
    ended = kit.trailbell("top", "trail.json", "--json")
    found = json.loads(ended.out)
    assert (6, 6, 0, 4) == tuple(
        found[name] for name in ("events", "matches", "duplicates", "alerts")
    )
    expected = [
        {"value": "trail-stopped", "matches": 5, "suppressed": 1, "alerts": 4},
        {"value": "denied", "matches": 1, "suppressed": 1, "alerts": 0},
    ]
    assert expected == found["rule"]
    assert {"rule", "actor", "account", "source_address", "error"} <= found.keys()
    assert [("below threshold", "denied", ""), ("exception", "trail-stopped", "carol")] == [
        (one["reason"], one["rule"], one["name"]) for one in found["suppressions"]
    ]
    assert "trail-stopped" == found["suggestion"]["rule"]


def test_suggestion_works(folder: Path) -> None:
    """What is suggested, once pasted, suppresses what it says, with its reason."""
    before = json.loads(kit.trailbell("top", "trail.json", "--json").out)
    path = folder / "trailbell.toml"
    path.write_text(path.read_text("utf-8") + before["suggestion"]["text"], "utf-8")
    after = json.loads(kit.trailbell("top", "trail.json", "--json").out)
    assert before["alerts"] - before["suggestion"]["alerts"] == after["alerts"]
    held = next(one for one in after["suppressions"] if one["name"] == "alice")
    assert before["suggestion"]["matches"] == held["matches"]


def test_range_of_time() -> None:
    """Only events of the range count."""
    asked = ["--since", "2026-03-14T12:05Z", "--until", "2026-03-14T12:35Z"]
    found = json.loads(kit.trailbell("top", "trail.json", "--json", *asked).out)
    assert (3, 4) == (found["events"], found["matches"])


def test_nothing_matches(folder: Path) -> None:
    """Where nothing matches, that is all there is to say."""
    kit.write_trail(folder / "quiet.json", [kit.record(1, eventName="ListUsers")])
    assert "1 event, 0 matches, 0 alerts\n" == kit.trailbell("top", "quiet.json").out


def test_unreadable(folder: Path) -> None:
    """What cannot be read is named, the rest is counted, and the status is 3."""
    (folder / "broken.gz").write_bytes(b"\x1f\x8b\x08broken")
    ended = kit.trailbell("top", "broken.gz", "trail.json")
    assert 3 == ended.exit
    assert "unreadable: broken.gz" in ended.err
    assert ended.out.startswith("6 events, 6 matches, 4 alerts")


def test_hostile_values(folder: Path) -> None:
    """No control character of a log reaches the terminal."""
    hostile = identity("eve\x1b[2J\u202e" + "x" * 10_000)
    kit.write_trail(folder / "hostile.json", [kit.record(1, userIdentity=hostile)])
    out = kit.trailbell("top", "hostile.json").out
    assert not {"\x1b", "\u202e"} & set(out)
    assert max(map(len, out.splitlines())) < 200
