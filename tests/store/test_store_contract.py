"""What every store keeps to. A new store takes its place in ``OPENERS`` and passes them all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import kit
from trailbell.clock import Clock
from trailbell.errors import StoreError
from trailbell.model import Match, Rule, Sighting, Threshold
from trailbell.store import Owed, PastRun, Store, Tally

Opener = Callable[[Path, Clock], Store]
OPENERS: dict[str, Opener] = {
    "sqlite": lambda folder, clock: Store(folder / "store.db", clock),
}

DAY = 86_400.0
MINUTE = 60_000


@pytest.fixture(params=OPENERS)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Clock], Store]:
    """Give what opens the same store again and again; what was opened has to be closed."""
    opener = OPENERS[request.param]
    return lambda clock: opener(tmp_path, clock)


@pytest.fixture
def clock() -> kit.HandClock:
    """Give a clock that is turned by hand."""
    return kit.HandClock()


def begin(store: Store, *sightings: Sighting) -> None:
    """Begin a run that sees matches."""
    store.begin_run()
    with store.batch():
        for sighting in sightings:
            store.write(sighting)


def open_alert(store: Store, *sightings: Sighting) -> str:
    """Make an alert of matches and return its id."""
    before = {owed.id for owed in store.owed_alerts()}
    with store.batch():
        store.open_alert(sightings[0].destination, [sighting.key for sighting in sightings])
    (made,) = {owed.id for owed in store.owed_alerts()} - before
    return made


def settle(store: Store, alert: str) -> int:
    """Note that an alert was delivered."""
    with store.batch():
        return store.settle(alert)


def end(store: Store) -> None:
    """End a run."""
    with store.batch():
        store.end_run(b"{}")


def write_and_fail(store: Store) -> None:
    """Fail within a batch, after something was written."""
    with store.batch():
        store.write(kit.sighting(1))
        raise KeyError


def held(number: int, *, rule: Rule | None = None, window: int = 0) -> Sighting:
    """Make a match that a threshold holds back."""
    threshold = Threshold(3, timedelta(minutes=5))
    return kit.sighting(
        number,
        at=number,
        rule=rule or kit.rule("many", threshold=threshold),
        window=window,
    )


def test_owes_what_was_written(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """A match is owed from the moment it is written down, for every later run."""
    with reopen(clock) as store:
        begin(store, kit.sighting(1), kit.sighting(2))
        assert 2 == store.count_owed()
        assert store.is_settled("key 1 here")
        assert not store.is_settled("key 3 here")
    with reopen(clock) as store:
        assert 2 == store.count_owed()
        assert [("here", ("key 1 here", "key 2 here"))] == [
            (destination, tuple(key for key, _, _ in story))
            for destination, story in store.waiting_stories()
        ]


def test_batch_is_all_or_nothing(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """What a batch wrote is taken back where the batch fails."""
    with reopen(clock) as store:
        store.begin_run()
        with pytest.raises(KeyError):
            write_and_fail(store)
        assert 0 == store.count_owed()
        begin(store, kit.sighting(2))
        assert 1 == store.count_owed()


def test_first_sight_is_of_this_run(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """A match is seen first once in a run, and once again in the next."""
    for _ in range(2):
        with reopen(clock) as store:
            store.begin_run()
            assert [True, False, True] == [store.first_sight(key) for key in "aab"]


def test_destinations_know_nothing_of_each_other(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """What was delivered to one destination is still owed to another."""
    with reopen(clock) as store:
        here, there = kit.sighting(1), kit.sighting(1, destination="there")
        begin(store, here, there)
        first, second = open_alert(store, here), open_alert(store, there)
        assert 1 == settle(store, first)
        assert 1 == store.count_owed()
        assert [second] == [owed.id for owed in store.owed_alerts()]


def test_alert_comes_back_whole(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """An alert of an earlier run has its matches, in the order of their times, and its rule."""
    late, early = kit.sighting(1, at=kit.NOON + 5), kit.sighting(2, at=kit.NOON)
    with reopen(clock) as store:
        begin(store, late, early)
        made = open_alert(store, early, late)
    with reopen(clock) as store:
        alert = store.alert(made)
        assert (made, "here", 1) == (alert.id, alert.destination, alert.number)
        assert (early.match, late.match) == alert.matches
        assert kit.rule() == alert.rule


def test_alert_id_stays(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """An alert's id is short and does not change with attempts or runs."""
    with reopen(clock) as store:
        begin(store, kit.sighting(1))
        made = open_alert(store, kit.sighting(1))
        with store.batch():
            store.keep_owing(made, "it is away")
    with reopen(clock) as store:
        assert [Owed(made, "here", 1, 1, "it is away")] == store.owed_alerts()
    assert 10 == len(made)


def test_two_alerts_never_share_an_id(
    reopen: Callable[[Clock], Store], clock: kit.HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the short forms of two ids are the same, the second takes a character more."""
    hashes = iter(["0123456789abcd", "0123456789abef", "0123456789abff"])
    monkeypatch.setattr("trailbell.store.sqlite._hash_of", lambda _keys: next(hashes))
    with reopen(clock) as store:
        made = [kit.sighting(number) for number in range(3)]
        begin(store, *made)
        ids = [open_alert(store, sighting) for sighting in made]
    assert ["0123456789", "0123456789a", "0123456789ab"] == ids


def test_settling_keeps_the_keys_alone(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A delivered match is known for ever, and owed no more."""
    with reopen(clock) as store:
        begin(store, kit.sighting(1), kit.sighting(2))
        made = open_alert(store, kit.sighting(1), kit.sighting(2))
        assert 2 == settle(store, made)
    with reopen(clock) as store:
        assert store.is_settled("key 1 here")
        assert [] == store.owed_alerts()
        assert 0 == store.count_owed()


def test_earlier_runs_go_first(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """What an earlier run owes comes before older events of a later run."""
    new, old = kit.sighting(1, at=kit.NOON), kit.sighting(2, at=kit.NOON - DAY)
    with reopen(clock) as store:
        begin(store, new)
        first = open_alert(store, new)
    with reopen(clock) as store:
        begin(store, old)
        second = open_alert(store, old)
        assert [first, second] == [owed.id for owed in store.owed_alerts()]


def test_alerts_of_a_day_are_numbered(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """The number counts the alerts of the same rule and destination in the 24 hours before."""
    others = [
        kit.sighting(5, at=kit.NOON + 3, rule=kit.rule("other"), story="of another rule"),
        kit.sighting(6, at=kit.NOON + 3, destination="there"),
    ]
    times = [0, 10, DAY - 1, DAY + 5]
    with reopen(clock) as store:
        seen = [kit.sighting(n, at=kit.NOON + time) for n, time in enumerate(times)]
        begin(store, *seen, *others)
        ids = [open_alert(store, sighting) for sighting in [*seen, *others]]
        assert [1, 2, 3, 3, 1, 1] == [store.alert(made).number for made in ids]


def test_window_holds_back_until_it_is_full(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A threshold's window is given with its distinct events and what it holds back."""
    with reopen(clock) as store:
        begin(store, held(2), held(1), held(3, window=5 * MINUTE))
        assert 0 == store.count_owed()
        assert 3 == store.count_held()
        assert not store.is_settled(held(1).key)
        windows = store.held_windows()
    assert [(2, (held(1).key, held(2).key)), (1, (held(3).key,))] == [
        (window.events, tuple(key for key, _, _ in window.held)) for window in windows
    ]


def test_only_what_this_run_saw_counts(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """What an earlier run suppressed is listed with the alert, and counts in it no more."""
    with reopen(clock) as store:
        begin(store, held(1), held(2))
        end(store)
        assert 0 == store.count_held()
        assert [] == store.held_windows()
    with reopen(clock) as store:
        begin(store, held(3))
        (window,) = store.held_windows()
        assert 3 == window.events
        made = open_alert(store, held(1), held(2), held(3))
        assert 1 == store.count_owed()
        assert 3 == len(store.alert(made).matches)
        assert 1 == settle(store, made)


def test_seen_again_counts_again(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """A match that was held back and is seen by a later run counts in that run."""
    with reopen(clock) as store:
        begin(store, held(1))
        end(store)
    with reopen(clock) as store:
        begin(store, held(1))
        assert 1 == store.count_held()
        assert 1 == store.held_windows()[0].events


def test_a_run_that_was_cut_short_still_counts(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """What a run held back that never ended counts until the next run says otherwise."""
    with reopen(clock) as store:
        begin(store, held(1))
    with reopen(clock) as store:
        store.begin_run()
        assert 1 == store.count_held()
        with store.batch():
            store.count_held_no_more()
        assert 0 == store.count_held()


def test_events_of_a_window_count_whatever_became_of_them(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A match after the alert of its window finds that window as full as it was."""
    with reopen(clock) as store:
        begin(store, held(1), held(2), held(3))
        settle(store, open_alert(store, held(1), held(2), held(3)))
        begin(store, held(4))
        (window,) = store.held_windows()
    assert 4 == window.events
    assert (held(4).key,) == tuple(key for key, _, _ in window.held)


def test_a_changed_rule_takes_over_what_is_held(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """Where a rule changed between runs, its windows are cut anew and it stands for them."""
    with reopen(clock) as store:
        begin(store, held(1), held(2))
        end(store)
    changed = kit.rule("many", threshold=Threshold(2, timedelta(minutes=1)), title="changed")
    with reopen(clock) as store:
        store.begin_run()
        with store.batch():
            store.adopt(changed, lambda time: time - 1_000)
            store.write(held(3, rule=changed, window=0))
        windows = store.held_windows()
    assert [("changed", 2)] == [(window.rule.title, window.events) for window in windows]
    assert [(held(1).key, held(3).key)] == [
        tuple(key for key, _, _ in window.held) for window in windows
    ]


def test_an_owed_alert_keeps_its_rule(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """An alert says what was true when it matched, although its rule has changed since."""
    with reopen(clock) as store:
        begin(store, held(1))
        made = open_alert(store, held(1))
        changed = kit.rule("many", threshold=Threshold(9, timedelta(hours=1)), title="changed")
        with store.batch():
            store.adopt(changed, lambda time: time)
        assert "" == store.alert(made).rule.title


def test_what_waits_too_long_is_forgotten(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A month after it was seen, a match that is held back is gone; what is owed stays."""
    with reopen(clock) as store:
        begin(store, held(1), kit.sighting(2))
        clock.time += 31 * DAY
        end(store)
        assert [("here", "owed")] == [(tally.destination, tally.state) for tally in store.tallies()]


def test_tallies_and_last_run(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """The store tells how many matches stand where since when, and when the last run was."""
    with reopen(clock) as store:
        assert store.last_run() is None
        begin(store, kit.sighting(1), kit.sighting(2), held(3))
        made = open_alert(store, kit.sighting(1))
        clock.time += 7
        settle(store, made)
        assert PastRun(kit.NOON, None, None) == store.last_run()
        end(store)
    with reopen(clock) as store:
        assert PastRun(kit.NOON, kit.NOON + 7, b"{}") == store.last_run()
        assert [
            Tally("here", "delivered", 1, kit.NOON + 7),
            Tally("here", "held", 1, kit.NOON),
            Tally("here", "owed", 1, kit.NOON),
        ] == store.tallies()


def test_one_run_at_a_time(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """A second run cannot open the store that another still holds, and can afterwards."""
    with reopen(clock), pytest.raises(StoreError, match="another run holds this store"):
        reopen(clock)
    with reopen(clock) as store:
        assert 0 == store.count_owed()


def test_hostile_text_comes_back_to_the_letter(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """Quotes, control characters and names of tables in a message change nothing."""
    seen = kit.sighting(1, story="'; DROP TABLE match; --", key="\x00'\"\u202e%s?1")
    begun = kit.event(1, userAgent="'; DELETE FROM alert; -- \x1b[2J \u0000 \ud83d\ude00")
    hostile = dataclasses.replace(seen, match=Match(kit.rule(), begun))
    with reopen(clock) as store:
        begin(store, hostile)
        made = open_alert(store, hostile)
        assert begun == store.alert(made).matches[0].event
        assert store.is_settled(hostile.key)
