"""What makes the volume, counted as a run counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

import kit
from trailbell import Engine, LogEvent, Rule, Threshold
from trailbell.counts import Reason, Suppression
from trailbell.decode import decode
from trailbell.model import Match, RuleException
from trailbell.rules import load_rules, pack_names
from trailbell.sources.files import find
from trailbell.suppression import below_threshold
from trailbell.volume import FACETS, NONE, Row, Volume

STORY = Path(__file__).parents[1] / "src" / "trailbell" / "story" / "takeover.json"
STARTED = int(kit.NOON * 1000)
RULE = kit.rule()


def volume_of(matches: Iterable[Match]) -> Volume:
    """Take matches, and make stories of them."""
    volume = Volume(STARTED)
    for match in matches:
        volume.add(match)
    volume.settle()
    return volume


def matches_of(rule: Rule, *minutes: float) -> list[Match]:
    """Make a match at each of these minutes."""
    return [
        Match(rule, kit.event(number, at=kit.NOON + 60 * minute))
        for number, minute in enumerate(minutes)
    ]


def test_facets() -> None:
    """A match counts under its rule, actor, account, address and error; what it lacks is named."""
    failed = kit.event(2, errorCode="AccessDenied", sourceIPAddress=7)
    volume = volume_of([Match(RULE, kit.event(1)), Match(RULE, failed), Match(RULE, LogEvent("x"))])
    expected = {
        "rule": [Row("trail-stopped", 3, 0, 3)],
        "actor": [Row(kit.ALICE, 2, 0, 2), Row(NONE, 1, 0, 1)],
        "account": [Row(kit.ACCOUNT, 2, 0, 2), Row(NONE, 1, 0, 1)],
        "source address": [Row(NONE, 2, 0, 2), Row("203.0.113.7", 1, 0, 1)],
        "error": [Row(NONE, 2, 0, 2), Row("AccessDenied", 1, 0, 1)],
    }
    assert expected == {name: volume.rows(name) for name in FACETS}


def test_twice() -> None:
    """An event that stands twice in the input counts once."""
    volume = volume_of(matches_of(RULE, 0) * 2)
    assert (1, 1) == (len(volume.sights), volume.duplicates)


def test_stories_are_cut() -> None:
    """A gap of more than the window makes two alerts."""
    assert [Row("trail-stopped", 3, 0, 2)] == volume_of(matches_of(RULE, 0, 4, 10)).rows("rule")


def test_threshold() -> None:
    """Matches ring where their window is full, and are below the threshold where it is not."""
    rule = structs.replace(RULE, threshold=Threshold(3, timedelta(minutes=5)))
    volume = volume_of(matches_of(rule, 0, 1, 4, 5, 9))
    assert [Row("trail-stopped", 5, 2, 1)] == volume.rows("rule")
    assert [(below_threshold(rule), 2)] == volume.suppressed()


def test_exception() -> None:
    """What an exception holds for is counted under its name, and no threshold counts it."""
    exception = RuleException("mine", "I did it", values=(("actor", (kit.ALICE,)),))
    threshold = Threshold(2, timedelta(minutes=5))
    rule = structs.replace(RULE, exceptions=(exception,), threshold=threshold)
    bob = kit.event(9, userIdentity={"type": "IAMUser", "arn": "arn:aws:iam::1:user/bob"})
    volume = volume_of([*matches_of(rule, 0, 1), Match(rule, bob)])
    assert [Row("trail-stopped", 3, 3, 0)] == volume.rows("rule")
    expected = [
        (Suppression(Reason.EXCEPTION, rule.name, "mine", "I did it"), 2),
        (below_threshold(rule), 1),
    ]
    assert expected == volume.suppressed()


@pytest.mark.parametrize("pack", pack_names())
def test_counts_as_a_run(pack: str, tmp_path: Path) -> None:
    """Over the story that ships, matches, alerts and reasons are those of a run."""
    rules = [rule for one in load_rules((pack,), tmp_path) for rule in one.rules]
    events = [
        item for file in find([str(STORY)]) for item in decode(file) if isinstance(item, LogEvent)
    ]
    volume = Volume(STARTED)
    volume.watch(Engine(rules), events)
    alerts = volume.settle()
    ended = kit.trailbell(
        *("run", "--rules", pack, "--to", "terminal", "--report", "json"),
        *("--store", tmp_path / "store.db", STORY),
    )
    suppressed: dict[str, int] = {}
    for cause, count in volume.suppressed():
        suppressed[cause.reason.value] = suppressed.get(cause.reason.value, 0) + count
    assert len(events) == volume.events
    found = ended.report["matched"], ended.report["alerts"], ended.report["suppressed"]
    assert (len(volume.sights), alerts, suppressed) == found
