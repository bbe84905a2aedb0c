"""What every store keeps to. A new store takes its place in ``OPENERS`` and passes them all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import kit
from trailbell.clock import Clock
from trailbell.counts import Reason, Suppression
from trailbell.errors import StoreError
from trailbell.model import Match, Rule, Sighting, Threshold
from trailbell.mutes import Mute
from trailbell.store import Owed, PastRun, Store, Suppressed, Tally

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
        assert [Owed(made, "here", 1, 1, "it is away", "trail-stopped")] == store.owed_alerts()
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
        assert held(1).match.event == store.held_event(held(1).key)
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
    hostile = structs.replace(seen, match=Match(kit.rule(), begun))
    with reopen(clock) as store:
        begin(store, hostile)
        made = open_alert(store, hostile)
        assert begun == store.alert(made).matches[0].event
        assert store.is_settled(hostile.key)


NIGHTLY = Suppression(Reason.EXCEPTION, "trail-stopped", "nightly", "it is planned")


def suppress(store: Store, cause: Suppression, *keys: str) -> None:
    """Note why matches are not sent."""
    with store.batch():
        for key in keys:
            store.suppress(key, "here", cause)


def test_suppressed_matches_are_told_by_their_cause(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """The store tells how many matches ended suppressed, by rule, reason and name."""
    old = Suppression(Reason.TOO_OLD, "trail-stopped")
    with reopen(clock) as store:
        begin(store, held(1))
        suppress(store, old, "a")
        suppress(store, NIGHTLY, "b", "c", "d")
        clock.time += 7
        again = dataclasses.replace(NIGHTLY, why="it was planned")
        suppress(store, again, "d", "e")
    too_few = Suppression(Reason.BELOW_THRESHOLD, "many", "", "fewer than 3 within 5m")
    with reopen(clock) as store:
        expected = [
            Suppressed(again, 4, kit.NOON + 7),
            Suppressed(too_few, 1, kit.NOON),
            Suppressed(old, 1, kit.NOON),
        ]
        assert sorted(expected, key=lambda one: (-one.matches, one.cause)) == store.suppressions()


def test_what_is_sent_after_all_is_suppressed_no_more(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A match that a later run writes down is owed, and no longer among the suppressed."""
    with reopen(clock) as store:
        store.begin_run()
        suppress(store, NIGHTLY, kit.sighting(1).key)
        assert not store.is_settled(kit.sighting(1).key)
    with reopen(clock) as store:
        begin(store, kit.sighting(1))
        assert (1, []) == (store.count_owed(), store.suppressions())


def test_what_is_suppressed_leaves_its_window(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A match that was held back and is suppressed now counts towards its threshold no more."""
    with reopen(clock) as store:
        begin(store, held(1), held(2))
        suppress(store, NIGHTLY, held(1).key)
        assert 1 == store.count_held()
        assert [1] == [window.events for window in store.held_windows()]


def test_what_was_delivered_stays_so(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A match that was delivered is known as such, whatever is said of it later."""
    with reopen(clock) as store:
        begin(store, kit.sighting(1))
        settle(store, open_alert(store, kit.sighting(1)))
        suppress(store, NIGHTLY, kit.sighting(1).key)
        assert store.is_settled(kit.sighting(1).key)


def test_causes_are_forgotten_after_a_month(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A month after a suppressed match was last seen, the store knows it no more."""
    with reopen(clock) as store:
        store.begin_run()
        suppress(store, NIGHTLY, "a", "b")
        clock.time += 29 * DAY
        suppress(store, NIGHTLY, "b")
        clock.time += 2 * DAY
        end(store)
        assert [(1, clock.time - 2 * DAY)] == [(it.matches, it.last) for it in store.suppressions()]


def test_what_is_held_back_is_told_by_rule(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """Of what thresholds hold back, what counts in this run is told by rule."""
    other = kit.rule("other", threshold=Threshold(9, timedelta(hours=1)))
    with reopen(clock) as store:
        begin(store, held(1))
        end(store)
        begin(store, held(2), held(3), held(4, rule=other))
        assert [("many", "fewer than 3 within 5m", 2), ("other", "fewer than 9 within 1h", 1)] == [
            (one.cause.rule, one.cause.why, one.matches)
            for one in sorted(store.held_back(), key=lambda one: one.cause)
        ]


def mute(rule: str = "trail-stopped", *, hours: float = 2, **fields: Any) -> Mute:  # noqa: ANN401  any field of a mute
    """Make a mute that holds for some hours from noon."""
    made = Mute(rule, "", "", "alice", "we know", kit.NOON, kit.NOON + hours * 3600)
    return dataclasses.replace(made, **fields)


def put(store: Store, one: Mute) -> tuple[Mute, Mute | None]:
    """Keep a mute."""
    with store.batch():
        return store.mutes.put(one)


def test_mutes_hold_by_the_clock(reopen: Callable[[Clock], Store], clock: kit.HandClock) -> None:
    """A mute is kept over runs, and holds until the clock says that it is over."""
    with reopen(clock) as store:
        kept, replaced = put(store, mute())
        other, _ = put(store, mute("*", hours=1, actor=kit.ALICE, account=kit.ACCOUNT))
    assert replaced is None
    assert mute(id=kept.id) == kept
    assert [6, 6] == [len(kept.id), len(other.id)]
    with reopen(clock) as store:
        assert [kept, other] == store.mutes.all() == store.mutes.holding()
        clock.time += 3600
        assert [kept] == store.mutes.holding()
        clock.time += 3600
        assert [] == store.mutes.holding()
        assert [kept, other] == store.mutes.all()


def test_a_mute_takes_the_place_of_the_same(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A mute of what is muted already takes its place, and keeps its id, beginning and count."""
    with reopen(clock) as store:
        first, _ = put(store, mute())
        suppress(store, Suppression(Reason.MUTED, "trail-stopped", "", "", first.id), "a")
        clock.time += 60
        later = mute(since=clock.time, until=clock.time + 60, owner="bob", reason="still")
        second, replaced = put(store, later)
        assert dataclasses.replace(first, matches=1) == replaced
        expected = dataclasses.replace(
            first, matches=1, owner="bob", reason="still", until=clock.time + 60
        )
        assert expected == second
        assert [second] == store.mutes.all()
        clock.time += 60
        third, replaced = put(store, mute(since=clock.time, until=clock.time + 60))
        assert replaced is None
        assert [third.id, first.id] == [one.id for one in store.mutes.all()]


def test_two_mutes_never_share_an_id(
    reopen: Callable[[Clock], Store], clock: kit.HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the short forms of two ids are the same, the second takes a character more."""
    hashes = iter(["0123456789", "0123456abc"])
    monkeypatch.setattr("trailbell.store.mutes.digest", lambda *_: next(hashes))
    with reopen(clock) as store:
        ids = [put(store, mute(name))[0].id for name in ("a", "b")]
    assert ["012345", "0123456"] == ids


def test_a_mute_counts_each_match_once(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A match that is read again while the same mute holds is not counted again."""
    with reopen(clock) as store:
        kept, _ = put(store, mute())
    cause = Suppression(Reason.MUTED, "trail-stopped", kept.what, kept.reason, kept.id)
    for _ in range(2):
        with reopen(clock) as store:
            suppress(store, cause, "a", "b")
            assert [2] == [one.matches for one in store.mutes.all()]


def test_a_mute_that_is_put_again_counts_no_match_anew(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A mute that gets another reason counts no match again; a later one begins at 0."""
    with reopen(clock) as store:
        for why in ("drill", "longer drill"):
            kept, _ = put(store, mute(reason=why, since=clock.time))
            cause = Suppression(Reason.MUTED, "trail-stopped", kept.what, why, kept.id)
            suppress(store, cause, "a", "b")
            assert [2] == [one.matches for one in store.mutes.all()]
            clock.time += 60
        clock.time += DAY
        kept, _ = put(store, mute(since=clock.time, until=clock.time + 60))
        cause = Suppression(Reason.MUTED, "trail-stopped", kept.what, "drill", kept.id)
        suppress(store, cause, "b", "c")
        assert [2, 2] == [one.matches for one in store.mutes.all()]


def test_the_end_of_a_mute_is_told_until_it_is_noted(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A mute that ended is told of until somebody notes that; one that was lifted is not."""
    with reopen(clock) as store:
        first, _ = put(store, mute())
        second, _ = put(store, mute("other"))
        assert [] == store.mutes.ended_unnoted()
        clock.time += 60
        with store.batch():
            lifted = store.mutes.lift(second.id, "bob")
        assert dataclasses.replace(second, lifted=clock.time, lifted_by="bob") == lifted
        assert [first] == store.mutes.holding()
        clock.time += 7_140
    with reopen(clock) as store:
        assert [first] == store.mutes.ended_unnoted()
    with reopen(clock) as store:
        assert [first] == store.mutes.ended_unnoted()
        with store.batch():
            store.mutes.note_end(first.id)
        assert [] == store.mutes.ended_unnoted()


def test_mutes_are_forgotten_after_a_month(
    reopen: Callable[[Clock], Store], clock: kit.HandClock
) -> None:
    """A month after it ended, the store knows a mute no more."""
    with reopen(clock) as store:
        put(store, mute())
        kept, _ = put(store, mute("other", hours=3))
        store.begin_run()
        clock.time += 30 * DAY + 2.5 * 3600
        end(store)
        assert [kept] == store.mutes.all()
