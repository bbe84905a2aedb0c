"""``trailbell status``."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

import kit
from trailbell.counts import Reason, Suppression
from trailbell.model import Sighting, Threshold
from trailbell.mutes import Mute
from trailbell.store import Store

THRESHOLD = Threshold(5, timedelta(minutes=5))
EXCEPTED = Suppression(Reason.EXCEPTION, "trail-stopped", "a\x1b[2J[b]", "it is\nplanned")


def timed(number: int) -> Sighting:
    """Make a match a minute after the one before it."""
    return kit.sighting(number, at=kit.NOON + 60 * number)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Make a store that has delivered one match, owes two alerts, and suppressed three matches."""
    path = tmp_path / "store.db"
    clock = kit.HandClock()
    stories = [[timed(1)], [timed(2), timed(3)], [timed(4)]]
    with Store(path, clock) as store:
        store.begin_run()
        with store.batch():
            for sighting in [one for story in stories for one in story]:
                store.write(sighting)
            store.write(kit.sighting(5, rule=kit.rule(threshold=THRESHOLD), window=0))
            for story in stories:
                store.open_alert("here", [sighting.key for sighting in story])
            first, second, _ = store.owed_alerts()
            store.settle(first.id)
            clock.time += 60
            store.suppress("a", "here", EXCEPTED)
            store.suppress("b", "here", EXCEPTED)
            store.mutes.put(Mute("any", "", "", "alice", "we know", 0, 9e9))
            store.keep_owing(second.id, "Slack answered 404 no_service: the webhook was removed")
            store.end_run(b'{"matched":5}')
    return path


def owed_ids(path: Path) -> list[str]:
    """Return the ids of the alerts that a store owes."""
    with Store(path, kit.HandClock(), readonly=True) as store:
        return [owed.id for owed in store.owed_alerts()]


def test_for_people(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People read what stands where, and every owed alert on a line with its reason; status 4."""
    first, second = owed_ids(store)
    monkeypatch.chdir(store.parent)
    ended = kit.trailbell("status", "--store", "store.db")
    why = "Slack answered 404 no_service: the webhook was removed"
    expected = f"""\
store     store.db
last run  2026-03-14 12:00:00 UTC
muted     1 mute: trailbell mutes shows what

destination  state            matches  last
here         delivered              1  2026-03-14 12:00:00 UTC
here         below threshold        1  2026-03-14 12:00:00 UTC
here         owed                   3  2026-03-14 12:00:00 UTC

suppressed, and not sent:
matches  rule           why
      2  trail-stopped  exception, a [2J[b]: it is planned; last 2026-03-14 12:01:00 UTC
      1  trail-stopped  below threshold: fewer than 5 within 5m; last 2026-03-14 12:00:00 UTC

owed, and sent first by the next run:
alert       rule           to    matches  attempts  why
{first}  trail-stopped  here        2         1  {why}
{second}  trail-stopped  here        1         0  not tried yet
"""
    assert kit.Ended(4, expected, "") == ended


def test_as_json(store: Path) -> None:
    """With --json it is one object with all of it."""
    ended = kit.trailbell("status", "--store", store, "--json")
    first, second = owed_ids(store)
    why = "Slack answered 404 no_service: the webhook was removed"
    expected = {
        "store": str(store),
        "last_run": {"started": kit.NOON, "ended": kit.NOON + 60, "counts": {"matched": 5}},
        "destinations": [
            {"destination": "here", "state": state, "matches": matches, "last": kit.NOON}
            for state, matches in (("delivered", 1), ("held", 1), ("owed", 3))
        ],
        "suppressions": [
            {
                "reason": "exception",
                "rule": "trail-stopped",
                "name": EXCEPTED.name,
                "why": EXCEPTED.why,
                "matches": 2,
                "last": kit.NOON + 60,
            },
            {
                "reason": "below threshold",
                "rule": "trail-stopped",
                "name": "",
                "why": "fewer than 5 within 5m",
                "matches": 1,
                "last": kit.NOON,
            },
        ],
        "mutes": 1,
        "owed": [
            {
                "alert": alert,
                "destination": "here",
                "matches": matches,
                "attempts": attempts,
                "reason": reason,
                "rule": "trail-stopped",
            }
            for alert, matches, attempts, reason in ((first, 2, 1, why), (second, 1, 0, ""))
        ],
    }
    assert (4, expected) == (ended.exit, json.loads(ended.out))


def test_many_owed_alerts_are_cut(tmp_path: Path) -> None:
    """People read twenty of the alerts that are owed, and how many more there are."""
    path = tmp_path / "store.db"
    with Store(path, kit.HandClock()) as store:
        store.begin_run()
        with store.batch():
            for number in range(22):
                store.write(kit.sighting(number))
                store.open_alert("here", [f"key {number} here"])
    shown = kit.trailbell("status", "--store", path).out
    assert 20 == shown.count("not tried yet")
    assert shown.endswith("and 2 more alerts\n")
    assert 22 == len(json.loads(kit.trailbell("status", "--store", path, "--json").out)["owed"])


def test_many_causes_are_cut(tmp_path: Path) -> None:
    """People read the twenty largest causes of suppression, and how many more there are."""
    path = tmp_path / "store.db"
    with Store(path, kit.HandClock()) as store, store.batch():
        for number in range(22):
            cause = Suppression(Reason.EXCEPTION, "trail-stopped", f"number {number}", "why")
            store.suppress(f"key {number}", "here", cause)
    shown = kit.trailbell("status", "--store", path).out
    assert 20 == shown.count("number ")
    assert shown.endswith("and 2 more lines\n")
    content = json.loads(kit.trailbell("status", "--store", path, "--json").out)
    assert 22 == len(content["suppressions"])


def test_what_was_too_old_is_told_of_the_last_run(tmp_path: Path) -> None:
    """How many matches the last run found too old for a channel stands under it."""
    for report, expected in (
        (b'{"suppressed":{"too old":1200}}', ["too old   1,200 matches of that run: older than"]),
        (b'{"suppressed":{"duplicate":3}}', []),
        (b"{}", []),
    ):
        with Store(tmp_path / "store.db", kit.HandClock()) as store:
            store.begin_run()
            with store.batch():
                store.end_run(report)
        shown = kit.trailbell("status", "--store", tmp_path / "store.db").out
        assert expected == re.findall(r"too old .* older than", shown)


def test_a_run_that_was_cut_short(tmp_path: Path) -> None:
    """A run that did not end is said to be one."""
    with Store(tmp_path / "store.db", kit.HandClock()) as store:
        store.begin_run()
    ended = kit.trailbell("status", "--store", tmp_path / "store.db")
    assert "last run  2026-03-14 12:00:00 UTC, did not end: the next run takes up" in ended.out
    assert 0 == ended.exit


def test_no_store(tmp_path: Path) -> None:
    """Where there is no store, that is said, and none is made."""
    path = tmp_path / "no" / "store.db"
    said = kit.trailbell("status", "--store", path)
    assert (0, "") == (said.exit, said.err)
    assert "no store at " in said.out
    content: dict[str, object] = {
        "store": str(path),
        "last_run": None,
        "destinations": [],
        "suppressions": [],
        "mutes": 0,
        "owed": [],
    }
    assert content == json.loads(kit.trailbell("status", "--store", path, "--json").out)
    assert [] == list(tmp_path.iterdir())


def test_changes_nothing(store: Path) -> None:
    """To look at a store changes no byte of it."""
    before = store.read_bytes(), store.stat().st_mtime_ns
    kit.trailbell("status", "--store", store)
    assert before == (store.read_bytes(), store.stat().st_mtime_ns)


def test_error_no_store_of_ours(tmp_path: Path) -> None:
    """A file that is no store is refused with status 2."""
    path = tmp_path / "notes.txt"
    path.write_text("nothing of a database " * 50)
    ended = kit.trailbell("status", "--store", path)
    assert (2, "") == (ended.exit, ended.out)
    assert "it is no store of Trailbell" in ended.err
