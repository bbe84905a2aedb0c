"""The stages in order, with a clock turned by hand."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import kit
from trailbell.counts import Counts, Reason, Suppression
from trailbell.deliver import Courier, Delivery, Pace, Verdict
from trailbell.errors import ConfigurationError, StoreError
from trailbell.model import (
    Alert,
    Decoded,
    LogEvent,
    Match,
    PassedOver,
    Remark,
    Rule,
    RuleException,
    Severity,
    Threshold,
    Unreadable,
)
from trailbell.mutes import Mute
from trailbell.notices import notice_of
from trailbell.pipeline import Destination, Pipeline, Plan, Trouble
from trailbell.rules import Invalid
from trailbell.store import Store

DELIVERED = Delivery(Verdict.DELIVERED, "taken")
BUSY = Delivery(Verdict.RETRY, "busy")
REFUSED = Delivery(Verdict.REFUSED, "the blocks were refused")
GONE = Delivery(Verdict.MISCONFIGURED, "the webhook was removed")
SLOW = Delivery(Verdict.RETRY, "too fast", 40.0)


@dataclass
class Bench:
    """Hold what runs of one store share, and run pipelines."""

    folder: Path
    clock: kit.HandClock = field(default_factory=kit.HandClock)
    answers: dict[str, list[Delivery]] = field(default_factory=dict)
    senders: dict[str, kit.ScriptedSender] = field(default_factory=dict)
    told: list[Unreadable | Remark] = field(default_factory=list)
    progress: list[tuple[int, int]] = field(default_factory=list)
    shown: list[Alert] = field(default_factory=list)
    rules: Sequence[Rule] = (kit.rule(),)
    route: Callable[[Match], Sequence[str]] | None = None
    takes_old: bool = True
    pace: tuple[float, int] = (1.0, 3)
    render: Callable[[Alert], object] = lambda alert: alert.id

    def run(self, *decoded: Decoded, **plan: Any) -> Pipeline:  # noqa: ANN401  settings of a plan
        """Run a pipeline to the destinations that have answers; by default one, ``here``."""
        return self.feed(decoded, **plan)

    def feed(self, decoded: Iterable[Decoded], **plan: Any) -> Pipeline:  # noqa: ANN401  likewise
        """Run a pipeline over input that comes bit by bit."""
        destinations = self._destinations(self.answers or {"here": [DELIVERED]})
        made = Plan(
            rules=self.rules,
            destinations=destinations,
            route=self.route or (lambda _: tuple(destinations)),
            clock=self.clock,
            show=self.shown.append,
            **plan,
        )
        with Store(self.folder / "store.db", self.clock) as store:
            pipeline = Pipeline(made, store, self.told.append, self._note_progress)
            pipeline.run(decoded)
        assert pipeline.counts.add_up
        return pipeline

    def _destinations(self, answers: Mapping[str, list[Delivery]]) -> dict[str, Destination]:
        self.senders = {
            name: kit.ScriptedSender(self.clock, list(planned)) for name, planned in answers.items()
        }
        return {
            name: Destination(
                Courier(sender, self.clock, Pace(*self.pace), lambda: 1.0),
                self.render,
                lambda alert: f"plain {alert.id}",
                takes_old=self.takes_old,
            )
            for name, sender in self.senders.items()
        }

    def _note_progress(self, done: int, left: int) -> None:
        self.progress.append((done, left))

    def sent(self, name: str = "here") -> list[float]:
        """Return when messages were sent, in seconds since noon."""
        return [round(time, 3) for time, _ in self.senders[name].sent]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Give a bench with an empty store."""
    return Bench(tmp_path)


def apart(number: int) -> list[LogEvent]:
    """Make events that are stories of their own, an hour between them."""
    return [kit.event(n, at=kit.NOON - 3600 * (number - n)) for n in range(number)]


def nonzero(counts: Counts) -> dict[str, object]:
    """Return the counts that are not 0."""
    found = {name: getattr(counts, name) for name in Counts.__slots__}
    found["suppressed"] = {reason: n for reason, n in counts.suppressed.items() if n}
    found["suppressions"] = dict(counts.suppressions)
    return {name: value for name, value in found.items() if value}


def test_counts_everything_that_was_decoded(bench: Bench) -> None:
    """Events, records, mended ones, control messages, digests and unreadable pieces are counted."""
    told: list[Unreadable | Remark] = [Unreadable("a:1", "cut"), Remark("a", "odd")]
    pipeline = bench.run(
        kit.event(1),
        LogEvent("a line", mended=True),
        PassedOver("a", "control"),
        PassedOver("b", "digest"),
        *told,
    )
    expected = {
        "events": 2, "records": 1, "mended": 1, "control": 1, "digests": 1, "unreadable": 1,
        "matched": 1, "delivered": 1, "alerts": 1, "messages": 1,
    }  # fmt: skip
    assert expected == nonzero(pipeline.counts)
    assert told == bench.told
    assert [(1, 0)] == bench.progress


def test_a_story_is_one_alert(bench: Bench) -> None:
    """Matches within the window are one alert; after a longer gap, another."""
    times = [0, 200, 400, 1_000]
    events = [kit.event(n, at=kit.NOON - 5_000 + time) for n, time in enumerate(times)]
    pipeline = bench.run(*events)
    assert (4, 2) == (pipeline.counts.delivered, pipeline.counts.alerts)
    assert 1 == Bench(bench.folder / "one").run(*events, window=900.0).counts.alerts
    assert 4 == Bench(bench.folder / "four").run(*events, longest=100.0).counts.alerts


def test_time_range_leaves_events_out(bench: Bench) -> None:
    """Events before since, or from until on, are counted and not matched."""
    noon = int(kit.NOON * 1000)
    events = [kit.event(n, at=kit.NOON + n) for n in (-1, 0, 1, 2)]
    counts = bench.run(*events, since=noon, until=noon + 2_000).counts
    assert (4, 2, 2) == (counts.events, counts.out_of_range, counts.matched)


def test_too_old_is_for_channels(bench: Bench) -> None:
    """A channel gets nothing older than 24 hours, to the second, unless since is given."""
    bench.takes_old = False
    old = [kit.event(n, at=kit.NOON - 86_400 - n) for n in (0, 1)]
    assert 1 == bench.run(*old).counts.suppressed[Reason.TOO_OLD]
    assert 1 == bench.run(*old, since=0).counts.delivered


def test_unrouted_matches_are_not_sent(bench: Bench) -> None:
    """A match that no route takes is counted, as not sent."""
    bench.route = lambda _: ()
    expected = {
        "events": 1, "records": 1, "matched": 1, "unrouted": 1, "suppressed": {Reason.NOT_SENT: 1},
    }  # fmt: skip
    assert expected == nonzero(bench.run(kit.event(1)).counts)


def test_every_destination_has_its_matches(bench: Bench) -> None:
    """A match counts once for each destination, and each has an alert of its own."""
    bench.answers = {"here": [DELIVERED], "there": [DELIVERED]}
    counts = bench.run(kit.event(1)).counts
    assert (2, 2, 2) == (counts.matched, counts.delivered, counts.alerts)
    ids = {message for sender in bench.senders.values() for _, message in sender.sent}
    assert 2 == len(ids)


def test_three_at_once_then_one_a_second(bench: Bench) -> None:
    """Alerts go out at the pace of their destination, as long as that takes."""
    counts = bench.run(*apart(100), wait=2.0).counts
    assert [0.0, 0.0, 0.0, *map(float, range(1, 98))] == bench.sent()
    assert 0 == counts.owed


def test_patience_ends_where_nothing_is_accepted(bench: Bench) -> None:
    """The run gives up once nothing was accepted for the time to wait; all is owed."""
    bench.answers = {"here": [BUSY]}
    pipeline = bench.run(*apart(2), wait=60.0)
    assert [0, 1, 3, 7, 15, 31] == bench.sent()
    assert (2, 0) == (pipeline.counts.owed, pipeline.counts.alerts)
    assert {"here": Trouble("busy")} == pipeline.troubles


def test_patience_starts_anew_with_every_alert(bench: Bench) -> None:
    """An alert that was accepted renews the patience for the next."""
    bench.answers = {"here": [BUSY, BUSY, DELIVERED] * 3 + [DELIVERED]}
    pipeline = bench.run(*apart(3), wait=5.0)
    assert [0, 1, 3, 3, 4, 6, 6, 7, 9] == bench.sent()
    assert {} == pipeline.troubles


def test_without_wait_each_is_tried_once(bench: Bench) -> None:
    """With no time to wait there is one attempt, and no sleep."""
    bench.answers = {"here": [BUSY]}
    assert 2 == bench.run(*apart(2), wait=0.0).counts.owed
    assert [] == bench.clock.slept
    assert [0] == bench.sent()


def test_retry_after_is_obeyed(bench: Bench) -> None:
    """Nothing is sent before the time that the destination asked for is over."""
    bench.answers = {"here": [SLOW, DELIVERED]}
    counts = bench.run(*apart(2)).counts
    assert [0, 40, 40] == bench.sent()
    assert 2 == counts.delivered


def test_retry_after_beyond_patience_is_not_waited_for(bench: Bench) -> None:
    """Where the destination asks for more than the run waits, the run ends at once."""
    bench.answers = {"here": [SLOW]}
    assert 1 == bench.run(kit.event(1), wait=39.0).counts.owed
    assert [] == bench.clock.slept


def test_one_blocked_destination_keeps_back_no_other(bench: Bench) -> None:
    """While one destination is away, the other gets all of its alerts at its pace."""
    bench.answers = {"away": [BUSY], "here": [DELIVERED]}
    counts = bench.run(*apart(5), wait=10.0).counts
    assert [0, 0, 0, 1, 2] == bench.sent("here")
    assert (5, 5) == (counts.delivered, counts.owed)


def test_breaker_sends_nothing_more(bench: Bench) -> None:
    """After an answer that no retry mends nothing more is sent there; all of it is owed."""
    bench.answers = {"gone": [GONE], "here": [DELIVERED]}
    pipeline = bench.run(*apart(3))
    assert [0] == bench.sent("gone")
    assert (3, 3) == (pipeline.counts.delivered, pipeline.counts.owed)
    assert {"gone": Trouble("the webhook was removed", lasting=True)} == pipeline.troubles


def test_breaker_stays_open_for_the_whole_run(bench: Bench) -> None:
    """What is owed from before meets the breaker, and the rest of the run does not try again."""
    bench.answers = {"here": [BUSY]}
    bench.run(kit.event(1), wait=0.0)
    bench.answers = {"here": [GONE]}
    assert 2 == bench.run(kit.event(2)).counts.owed
    assert 1 == len(bench.sent())


def test_degraded_alerts_are_told(bench: Bench) -> None:
    """An alert that went out as plain text is delivered, and a remark says why."""
    bench.answers = {"here": [REFUSED, DELIVERED]}
    counts = bench.run(kit.event(1)).counts
    (rich, plain) = (message for _, message in bench.senders["here"].sent)
    assert f"plain {rich}" == plain
    assert (1, 1) == (counts.delivered, counts.messages)
    said = "went to here as plain text, since the blocks were refused"
    assert [Remark(f"alert {rich}", said)] == bench.told


def test_refused_alerts_are_parked(bench: Bench) -> None:
    """What is refused as plain text too stays owed with the reason; the others go on."""
    bench.answers = {"here": [REFUSED, REFUSED, DELIVERED]}
    pipeline = bench.run(*apart(3))
    assert (2, 1) == (pipeline.counts.delivered, pipeline.counts.owed)
    assert {"here": Trouble("the blocks were refused")} == pipeline.troubles
    with Store(bench.folder / "store.db", bench.clock, readonly=True) as store:
        assert [(1, "the blocks were refused")] == [
            (owed.attempts, owed.reason) for owed in store.owed_alerts()
        ]


def test_parked_alerts_are_tried_once_a_run(bench: Bench) -> None:
    """A parked alert is tried again by the next run, and only once."""
    bench.answers = {"here": [REFUSED]}
    bench.run(kit.event(1))
    assert 1 == bench.run().counts.carried
    assert 2 == len(bench.sent())


def test_an_alert_that_cannot_be_shown_keeps_back_no_other(bench: Bench) -> None:
    """A mistake in rendering one alert is a reason to owe it, not to end the run."""
    calls: list[str] = []

    def render(alert: Alert) -> str:
        calls.append(alert.id)
        if len(calls) == 1:
            raise TypeError("of hostile content")
        return alert.id

    bench.render = render
    pipeline = bench.run(*apart(2))
    assert (1, 1) == (pipeline.counts.delivered, pipeline.counts.owed)
    reason = "internal error: the alert cannot be shown (TypeError)"
    assert {"here": Trouble(reason)} == pipeline.troubles


def test_owed_to_an_absent_destination(bench: Bench) -> None:
    """What is owed to a destination that this run has not is carried, owed and named."""
    bench.answers = {"there": [BUSY]}
    bench.run(kit.event(1), wait=0.0)
    bench.answers = {"here": [DELIVERED]}
    pipeline = bench.run(kit.event(1))
    counts = pipeline.counts
    assert (1, 1, 1) == (counts.carried, counts.delivered, counts.owed)
    assert {"there": Trouble("this run has no such destination")} == pipeline.troubles


def test_what_is_owed_goes_first(bench: Bench) -> None:
    """Alerts of earlier runs go out before those of this one, and keep their ids."""
    bench.answers = {"here": [BUSY]}
    bench.run(kit.event(1), wait=0.0)
    (first,) = (message for _, message in bench.senders["here"].sent)
    bench.answers = {"here": [DELIVERED]}
    bench.run(kit.event(2, at=kit.NOON - 7_200))
    sent = [message for _, message in bench.senders["here"].sent]
    assert first == sent[0]
    assert 2 == len(set(sent))


def test_nothing_is_sent_or_kept_when_not_sending(bench: Bench) -> None:
    """Without sending, alerts are shown and every match counts as not sent."""
    pipeline = bench.run(*apart(2), kit.event(1, at=kit.NOON - 3600), sending=False)
    assert {Reason.NOT_SENT: 3} == {k: n for k, n in pipeline.counts.suppressed.items() if n}
    assert 2 == len(bench.shown)
    assert {} == pipeline.troubles


def denied(*seconds: float) -> list[LogEvent]:
    """Make events at seconds after noon."""
    return [kit.event(int(second * 10) + 10_000, at=kit.NOON + second) for second in seconds]


@pytest.mark.parametrize(
    ("runs", "alerts", "held"),
    [
        ([[0, 1, 2, 3, 4]], [1], [0]),
        ([[0, 1, 2, 3], [4]], [0, 1], [4, 0]),
        ([[0, 1], [2, 3], [4]], [0, 0, 1], [2, 2, 0]),
        # Windows are aligned to the epoch: noon begins one, five minutes later the next.
        ([[297, 298, 299, 300, 301]], [0], [5]),
        ([[-1, 0, 1, 2, 3]], [0], [5]),
        ([[0, 150, 299, 10, 20]], [1], [0]),
        # The order of arrival does not matter, nor what was seen in between.
        ([[299], [900], [3, 2], [1, 0]], [0, 0, 0, 1], [1, 1, 2, 0]),
        # Each window rings by itself, and a match after the alert rings alone.
        ([[0, 1, 2, 3, 4, 300, 301, 302, 303, 304]], [2], [0]),
        ([[0, 1, 2, 3, 4], [5], [6, 7]], [1, 1, 1], [0, 0, 0]),
        ([[0, 1, 2, 3, 4, 5, 6]], [1], [0]),
        # The same event twice is one event.
        ([[0, 0, 1, 1, 2, 3]], [0], [4]),
        ([[0, 1, 2, 3], [0, 1, 2, 3], [3]], [0, 0, 0], [4, 4, 1]),
    ],
    ids=str,
)
def test_threshold(
    bench: Bench, runs: list[list[float]], alerts: list[int], held: list[int]
) -> None:
    """A threshold rings once five distinct events fall into a window, over as many runs."""
    threshold = Threshold(5, timedelta(minutes=5))
    bench.rules = [kit.rule(threshold=threshold)]
    counts = [bench.run(*denied(*seconds)).counts for seconds in runs]
    assert alerts == [one.alerts for one in counts]
    assert held == [one.suppressed[Reason.BELOW_THRESHOLD] for one in counts]


def test_threshold_is_of_one_story(bench: Bench) -> None:
    """Events of two actors fill two windows."""
    bench.rules = [kit.rule(threshold=Threshold(2, timedelta(minutes=5)))]
    other = {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/bob"}
    counts = bench.run(kit.event(1), kit.event(2, userIdentity=other)).counts
    assert 2 == counts.suppressed[Reason.BELOW_THRESHOLD]


BY_ALICE = RuleException("alice", "she may", values=(("actor", (kit.ALICE,)),))
EXCEPTED = Suppression(Reason.EXCEPTION, "trail-stopped", "alice", "she may")


def by(name: str, number: int, second: float = 0) -> LogEvent:
    """Make an event that somebody caused, at a second after noon."""
    actor = {"type": "IAMUser", "arn": f"arn:aws:iam::{kit.ACCOUNT}:user/{name}"}
    return kit.event(number, at=kit.NOON + second, userIdentity=actor)


def suppressed_of(pipeline: Pipeline) -> dict[Reason, int]:
    """Return how many matches a run suppressed, by reason."""
    return {reason: number for reason, number in pipeline.counts.suppressed.items() if number}


def test_exceptions_are_counted_by_name(bench: Bench) -> None:
    """A match that an exception holds for is not sent, and counted under its name, each time."""
    bench.rules = [kit.rule(exceptions=(BY_ALICE,))]
    events = [by("alice", 1), by("alice", 2), by("bob", 3), by("alice", 2)]
    first = bench.run(*events)
    assert {Reason.EXCEPTION: 2, Reason.DUPLICATE: 1} == suppressed_of(first)
    assert {EXCEPTED: 2} == first.counts.suppressions
    assert (1, 1) == (first.counts.delivered, first.counts.alerts)
    second = bench.run(*events)
    assert {Reason.EXCEPTION: 2, Reason.DUPLICATE: 2} == suppressed_of(second)
    with Store(bench.folder / "store.db", bench.clock, readonly=True) as store:
        assert [(EXCEPTED, 2)] == [(one.cause, one.matches) for one in store.suppressions()]


def test_what_no_exception_holds_for_any_more_is_sent(bench: Bench) -> None:
    """A match of an exception that is gone is delivered when it is read again."""
    bench.rules = [kit.rule(exceptions=(BY_ALICE,))]
    bench.run(by("alice", 1))
    bench.rules = [kit.rule()]
    assert 1 == bench.run(by("alice", 1)).counts.delivered
    with Store(bench.folder / "store.db", bench.clock, readonly=True) as store:
        assert [] == store.suppressions()
    bench.rules = [kit.rule(exceptions=(BY_ALICE,))]
    assert {Reason.DUPLICATE: 1} == suppressed_of(bench.run(by("alice", 1)))


def test_exceptions_hold_by_event_time(bench: Bench) -> None:
    """The last day of an exception is one of the event, whatever the clock says."""
    until = structs.replace(BY_ALICE, until=date(2026, 3, 14))
    bench.rules = [kit.rule(exceptions=(until,))]
    bench.clock.time += 5 * 86_400
    run = bench.run(by("alice", 1), by("alice", 2, second=43_199), by("alice", 3, second=43_200))
    assert ({Reason.EXCEPTION: 2}, 1) == (suppressed_of(run), run.counts.delivered)


def test_excepted_events_do_not_fill_a_window(bench: Bench) -> None:
    """A threshold counts the matches alone that no exception holds for, in any order of runs."""
    threshold = Threshold(3, timedelta(minutes=5))
    probe = RuleException("probe", "it is ours", '{ $.userAgent = "probe" }')
    bench.rules = [kit.rule(threshold=threshold, exceptions=(probe,))]
    probes = [kit.event(n, at=kit.NOON + n, userAgent="probe") for n in (3, 4, 5)]
    run = bench.run(*denied(1, 2), *probes)
    assert {Reason.EXCEPTION: 3, Reason.BELOW_THRESHOLD: 2} == suppressed_of(run)
    why = "fewer than 3 within 5m"
    assert (
        2 == run.counts.suppressions[Suppression(Reason.BELOW_THRESHOLD, "trail-stopped", "", why)]
    )
    run = bench.run(*denied(6))
    assert (1, 1) == (run.counts.delivered, run.counts.alerts)


def test_an_exception_takes_out_what_was_held_back(bench: Bench) -> None:
    """What a threshold held back is taken out where it is read while an exception holds for it."""
    threshold = Threshold(3, timedelta(minutes=5))
    bench.rules = [kit.rule(threshold=threshold)]
    bench.run(*denied(1, 2))
    bench.rules = [kit.rule(threshold=threshold, exceptions=(BY_ALICE,))]
    assert {Reason.EXCEPTION: 1} == suppressed_of(bench.run(*denied(1)))
    bench.rules = [kit.rule(threshold=threshold)]
    assert {Reason.BELOW_THRESHOLD: 1} == suppressed_of(bench.run(*denied(3)))
    assert 1 == bench.run(*denied(4)).counts.alerts


def test_an_exception_holds_for_what_was_held_back_before(bench: Bench) -> None:
    """What an exception holds for now does not fill a window, read again or not, nor ring."""
    threshold = Threshold(5, timedelta(minutes=5))
    plain = kit.rule(threshold=threshold, group_by=("account",))
    excepting = structs.replace(plain, exceptions=(BY_ALICE,))
    bench.rules = [plain]
    four = [by("alice", 1, 1), *(by("bob", n, n) for n in (2, 3, 4))]
    assert {Reason.BELOW_THRESHOLD: 4} == suppressed_of(bench.run(*four))
    bench.rules = [excepting]
    assert {Reason.BELOW_THRESHOLD: 1} == suppressed_of(bench.run(by("bob", 5, 5)))
    bench.rules = [plain]
    assert 0 == bench.run().counts.alerts
    bench.rules = [excepting]
    sizes: list[int] = []

    def render(alert: Alert) -> object:
        sizes.append(len(alert.matches))
        return alert.id

    bench.render = render
    assert 1 == bench.run(by("bob", 6, 6)).counts.delivered
    bench.rules = [plain]
    assert 1 == bench.run(by("bob", 7, 7)).counts.delivered
    # The exception is gone: what it kept out of the first alert comes with the next.
    assert [5, 2] == sizes


def test_exceptions_go_before_thresholds_and_after_age(bench: Bench) -> None:
    """Where several reasons apply, the first in the order of accounting counts."""
    bench.takes_old = False
    bench.rules = [kit.rule(exceptions=(BY_ALICE,))]
    old = by("alice", 1, second=-90_000)
    assert {Reason.TOO_OLD: 1} == suppressed_of(bench.run(old))
    assert {Reason.EXCEPTION: 1} == suppressed_of(bench.run(old, since=0))
    with Store(bench.folder / "store.db", bench.clock, readonly=True) as store:
        assert [EXCEPTED] == [one.cause for one in store.suppressions()]


def test_what_grows_old_stays_in_its_window(bench: Bench) -> None:
    """A match that was seen in time counts towards its threshold, though it is read again late."""
    bench.takes_old = False
    bench.rules = [kit.rule(threshold=Threshold(2, timedelta(days=7)))]
    early, late = kit.event(1), kit.event(2, at=kit.NOON + 86_400)
    assert {Reason.BELOW_THRESHOLD: 1} == suppressed_of(bench.run(early))
    bench.clock.time += 90_000
    run = bench.run(early, late)
    assert ({Reason.TOO_OLD: 1}, 1, 1) == (
        suppressed_of(run),
        run.counts.delivered,
        run.counts.alerts,
    )


def test_an_archive_leaves_no_trace_of_what_is_too_old(bench: Bench) -> None:
    """What is too old for a channel is in the report of its run, and nothing of it in the store."""
    bench.takes_old = False
    bench.rules = [kit.rule(exceptions=(BY_ALICE,))]
    run = bench.run(*(by("alice", n, second=-90_000) for n in range(3)))
    assert {Reason.TOO_OLD: 3} == suppressed_of(run)
    with Store(bench.folder / "store.db", bench.clock, readonly=True) as store:
        assert [] == store.suppressions()
        last = store.last_run()
    assert last is not None
    assert b'"too old":3' in (last.report or b"")


def test_a_dry_run_shows_what_would_be_sent(bench: Bench) -> None:
    """Without sending, what an exception holds for is not shown, and named among the not sent."""
    bench.rules = [kit.rule(exceptions=(BY_ALICE,))]
    run = bench.run(by("alice", 1), by("bob", 2), sending=False)
    assert {Reason.NOT_SENT: 2} == suppressed_of(run)
    assert {dataclasses.replace(EXCEPTED, reason=Reason.NOT_SENT): 1} == run.counts.suppressions
    assert [1] == [len(alert.matches) for alert in bench.shown]


def mute(bench: Bench, rule: str = "*", *, minutes: float = 60, actor: str = "") -> Mute:
    """Mute something in the store of a bench, from now on."""
    now = bench.clock.now()
    with Store(bench.folder / "store.db", bench.clock) as store, store.batch():
        made = Mute(rule, actor, "", "alice", "we know", now, now + 60 * minutes)
        return store.mutes.put(made)[0]


def test_mutes_hold_by_the_clock(bench: Bench) -> None:
    """While a mute holds its matches are counted as muted; after that they are sent."""
    kept = mute(bench, "trail-*")
    run = bench.run(kit.event(1), kit.event(2, at=kit.NOON + 10_000))
    assert {Reason.MUTED: 2} == suppressed_of(run)
    cause = Suppression(Reason.MUTED, "trail-stopped", "rule trail-*", "we know", kept.id)
    assert {cause: 2} == run.counts.suppressions
    bench.clock.time += 3_599
    assert {Reason.MUTED: 1} == suppressed_of(bench.run(kit.event(1)))
    bench.clock.time += 1
    run = bench.run(kit.event(1), kit.event(3))
    assert (2, {}) == (run.counts.delivered, suppressed_of(run))


def test_a_mute_that_ends_while_a_run_lasts(bench: Bench) -> None:
    """What is matched after the end of a mute is sent, in the same run."""
    mute(bench, minutes=1)

    def decoded() -> Iterable[Decoded]:
        for number in range(1_000):
            yield kit.event(number)
        bench.clock.time += 60
        yield kit.event(1_000)

    run = bench.feed(decoded())
    assert ({Reason.MUTED: 1_000}, 1) == (suppressed_of(run), run.counts.delivered)
    assert [] == run.ended_mutes


def test_a_mute_is_for_an_actor(bench: Bench) -> None:
    """A mute of an actor lets the others through, for every rule and destination."""
    bench.answers = {"here": [DELIVERED], "there": [DELIVERED]}
    bench.rules = [kit.rule(), kit.rule("other")]
    kept = mute(bench, "", actor="*:user/alice")
    run = bench.run(by("alice", 1), by("bob", 2))
    assert ({Reason.MUTED: 4}, 4) == (suppressed_of(run), run.counts.delivered)
    with Store(bench.folder / "store.db", bench.clock, readonly=True) as store:
        assert [dataclasses.replace(kept, matches=4)] == store.mutes.all()


def test_the_oldest_mute_keeps_a_match_back(bench: Bench) -> None:
    """Where several mutes are for a match, the first that was made counts it, while it holds."""
    first = mute(bench, "trail-*")
    bench.clock.time += 60
    second = mute(bench, "*", minutes=600)
    run = bench.run(kit.event(1))
    assert [first.id] == [cause.mute for cause in run.counts.suppressions]
    bench.clock.time += 3_600
    run = bench.run(kit.event(1))
    assert [second.id] == [cause.mute for cause in run.counts.suppressions]


def test_muted_events_do_not_fill_a_window(bench: Bench) -> None:
    """A threshold counts no match that was muted."""
    bench.rules = [kit.rule(threshold=Threshold(3, timedelta(minutes=5)))]
    mute(bench)
    assert {Reason.MUTED: 2} == suppressed_of(bench.run(*denied(1, 2)))
    bench.clock.time += 3_600
    assert {Reason.BELOW_THRESHOLD: 1} == suppressed_of(bench.run(*denied(3)))
    assert 1 == bench.run(*denied(1, 2)).counts.alerts


def test_what_is_owed_goes_out_in_spite_of_a_mute(bench: Bench) -> None:
    """A mute keeps back what is matched from now on, not what was promised before."""
    bench.answers = {"here": [BUSY]}
    bench.run(kit.event(1), wait=0.0)
    mute(bench)
    bench.answers = {"here": [DELIVERED]}
    run = bench.run(kit.event(1), kit.event(2))
    assert 1 == run.counts.delivered
    assert {Reason.DUPLICATE: 1, Reason.MUTED: 1} == suppressed_of(run)


def test_the_end_of_a_mute_is_told_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run after a mute has ended says so; one that is cut short leaves it to the next."""
    kept = mute(bench)
    bench.run(kit.event(1))
    assert [] == bench.told
    bench.clock.time += 4_200
    ended = [dataclasses.replace(kept, matches=1)]
    said = Remark("mutes", "the mute of rule * by alice ended 10m ago: 1 match was muted")

    def killed(_: Pipeline) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, "_close", killed)
        with pytest.raises(Killed):
            bench.run()
    assert ended == bench.run().ended_mutes
    assert [said, said] == bench.told
    assert [] == bench.run().ended_mutes
    assert 2 == len(bench.told)


def test_each_destination_has_its_reason(bench: Bench) -> None:
    """A match may be old for a channel and excepted for the terminal; each is counted once."""
    bench.rules = [kit.rule(exceptions=(BY_ALICE,)), kit.rule("other")]
    bench.answers = {"here": [DELIVERED], "there": [BUSY]}
    run = bench.run(by("alice", 1), by("bob", 2), wait=0.0)
    counts = run.counts
    assert (8, {Reason.EXCEPTION: 2}) == (counts.matched, suppressed_of(run))
    assert (3, 3) == (counts.delivered, counts.owed)
    again = bench.run(by("alice", 1), by("bob", 2), wait=0.0)
    assert {Reason.EXCEPTION: 2, Reason.DUPLICATE: 6} == suppressed_of(again)


@pytest.mark.parametrize("seed", range(20))
def test_counts_add_up_whatever_happens(bench: Bench, seed: int) -> None:
    """Over runs with mutes, exceptions, thresholds and faults, every match ends in one way."""
    chance = random.Random(seed)  # noqa: S311  nothing is to be kept secret here
    threshold = Threshold(3, timedelta(minutes=5))
    for _ in range(6):
        bench.answers = {
            name: [chance.choice([DELIVERED, BUSY, REFUSED])] for name in ("here", "there")
        }
        bench.takes_old = chance.random() < 0.7
        exceptions = (BY_ALICE,) if chance.random() < 0.5 else ()
        bench.rules = [
            kit.rule(exceptions=exceptions),
            kit.rule("many", threshold=threshold, exceptions=exceptions),
        ]
        if chance.random() < 0.5:
            rule = chance.choice(["many", "*", "trail-stopped"])
            mute(bench, rule, minutes=chance.choice([1, 30]))
        events = [
            by(chance.choice(["alice", "bob"]), at, second=chance.choice([-90_000, 0, at]))
            for at in range(8)
        ]
        counts = bench.run(*events, wait=0.0).counts
        named = counts.suppressions
        for reason in (Reason.MUTED, Reason.EXCEPTION, Reason.BELOW_THRESHOLD):
            number = sum(n for cause, n in named.items() if cause.reason is reason)
            assert counts.suppressed[reason] == number, seed
        bench.clock.time += chance.choice([1, 400, 3_600])
        with contextlib.closing(sqlite3.connect(bench.folder / "store.db")) as db:
            both = "SELECT count(*) FROM suppressed JOIN match USING (key)"
            assert [(0,)] == db.execute(both).fetchall(), seed


def invalid(rule: str = "own", said: str = "own.toml:3: wrong") -> Invalid:
    """Name a rule that is wrong."""
    return Invalid(Path("own.toml"), rule, ConfigurationError(said))


def test_notices_are_matches(bench: Bench) -> None:
    """A rule that does not run is an alert of its own, once for the same mistake."""
    bench.takes_old = False

    def announce(*wrong: Invalid, **plan: Any) -> Counts:  # noqa: ANN401  settings of a plan
        now = int(bench.clock.now() * 1000)
        notices = [notice_of(one, now) for one in wrong]
        return bench.run(notices=notices, **plan).counts

    first = announce(invalid(), invalid("other"), invalid("", "own.toml:9: no name"))
    expected = {"matched": 3, "delivered": 3, "alerts": 3, "messages": 3}
    assert expected == nonzero(first)
    bench.clock.time += 90_000
    second = announce(invalid(), invalid("own", "own.toml:3: wrong in another way"), until=0)
    assert ({Reason.DUPLICATE: 1}, 1, 0) == (
        {reason: n for reason, n in second.suppressed.items() if n},
        second.delivered,
        second.events,
    )
    mute(bench, "invalid-rule")
    assert 1 == announce(invalid("third")).suppressed[Reason.MUTED]
    bench.clock.time += 3_600
    assert 1 == announce(invalid("third"), sending=False).suppressed[Reason.NOT_SENT]
    assert ["third"] == [alert.rule.title.split('"')[1] for alert in bench.shown]
    bench.answers = {"here": [BUSY]}
    assert 1 == announce(invalid("third"), wait=0.0).owed
    bench.route = lambda match: [] if match.rule.severity is Severity.HIGH else ["here"]
    assert 1 == announce(invalid("fourth")).unrouted


class Killed(BaseException):
    """Stand for the end of a process: nothing after it is done."""


@pytest.mark.parametrize("stage", ["_gather", "_deliver", "_close"])
def test_a_run_cut_short_is_taken_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """What a run wrote down before it was killed goes out with the next, once."""
    bench.rules = [kit.rule(), kit.rule("many", threshold=Threshold(2, timedelta(minutes=5)))]
    calls: list[int] = []
    whole = getattr(Pipeline, stage)

    def killed(self: Pipeline, *arguments: object, **named: object) -> None:
        calls.append(1)
        # The first of two calls is that of the recovery.
        if len(calls) == 2 or stage == "_close":
            raise Killed
        whole(self, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, stage, killed)
        with pytest.raises(Killed):
            bench.run(*denied(0, 1))
    done = len(bench.senders["here"].sent)
    counts = bench.run(*denied(0, 1)).counts
    sent = 2 - done
    assert (4, 4 if sent else 0, sent) == (counts.matched, counts.carried, counts.alerts)
    assert 4 == counts.suppressed[Reason.DUPLICATE]
    assert counts.carried == counts.delivered
    assert 0 == counts.owed


def test_a_run_cut_short_after_suppressing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run suppressed before it was killed ends the same way in the next, counted once."""
    bench.rules = [kit.rule(exceptions=(BY_ALICE,)), kit.rule("other")]
    mute(bench, "other")

    def killed(_: Pipeline) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, "_close", killed)
        with pytest.raises(Killed):
            bench.run(by("alice", 1), by("bob", 2))
    run = bench.run(by("alice", 1), by("bob", 2))
    expected = {Reason.DUPLICATE: 1, Reason.MUTED: 2, Reason.EXCEPTION: 1}
    assert expected == suppressed_of(run)
    assert (0, 0) == (run.counts.carried, run.counts.owed)
    with Store(bench.folder / "store.db", bench.clock, readonly=True) as store:
        assert [2] == [one.matches for one in store.mutes.all()]


def test_a_batch_is_on_disk_before_the_next_is_read(bench: Bench) -> None:
    """Matches of a long input are written down batch by batch."""

    def decoded() -> Iterable[Decoded]:
        yield from (kit.event(n) for n in range(1_000))
        raise Killed

    with pytest.raises(Killed):
        bench.feed(decoded())
    assert 1_000 == bench.run().counts.carried


def test_error_store_fails(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store fails while a match is written, nothing is sent."""

    def failing(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Store, "write", failing)
    with pytest.raises(StoreError, match="the disk is full"):
        bench.run(kit.event(1))
    assert [] == bench.senders["here"].sent


def test_credentials_are_masked_before_they_are_written(bench: Bench) -> None:
    """Neither the store nor an alert holds a credential of a record, nor of a clause's value."""
    bench.rules = [kit.rule(pattern="{ $.responseElements.credentials.sessionToken = * }")]
    alerts: list[Alert] = []

    def render(alert: Alert) -> Alert:
        alerts.append(alert)
        return alert

    bench.render = render
    secret = "FwoGZXIvYXdzEXAMPLE0TOKEN"
    credentials = {"sessionToken": secret, "expiration": "Mar 14, 2026"}
    bench.answers = {"here": [BUSY]}
    bench.run(kit.event(1, responseElements={"credentials": credentials}), wait=0.0)
    (match,) = alerts[0].matches
    assert "Mar 14, 2026" in match.event.message
    assert secret not in repr(match)
    for file in bench.folder.iterdir():
        assert secret.encode() not in file.read_bytes()


DEEP = '{"eventName":"StopLogging","eventVersion":"1","x":' + "[" * 2_000 + "]" * 2_000 + "}"


@pytest.mark.parametrize(
    "message",
    [
        DEEP,
        '{"eventName":"StopLogging","eventVersion":"1","n":' + "9" * 5_000 + "}",
        '{"eventName":"StopLogging","eventVersion":"1","n":1e999}',
        '{"eventName":"StopLogging","eventVersion":1,"eventTime":1e400,"eventID":[]}',
        '{"eventName":"StopLogging","eventVersion":"1","eventTime":"9999-12-31T23:59:59-23:59"}',
        '{"eventName":"StopLogging","eventVersion":"1","eventTime":"0001-01-01T00:00:00+23:59"}',
        '{"eventName":"StopLogging","eventVersion":"1","userIdentity":[1,{"arn":null}]}',
        '{"eventName":"StopLogging","eventVersion":"1","x":"\\ud800","\\udfff":1}',
        '{"eventName":"StopLogging","eventName":"x","eventName":"StopLogging","eventVersion":1}',
        '{"eventName":"StopLogging"}',
        '{"eventName":"StopLogging","userAgent":"' + "<!channel> \\u001b[2J" * 20_000 + '"}',
    ],
    ids=lambda message: f"{len(message)}: {message[25:80]}",
)
def test_hostile_records_are_delivered(bench: Bench, message: str) -> None:
    """A record of any shape that a rule matches becomes an alert; nothing ends the run."""
    bench.rules = [kit.rule(), kit.rule("text", pattern="StopLogging")]
    counts = bench.run(LogEvent(message, id="1", timestamp=int(kit.NOON * 1000))).counts
    assert counts.matched == counts.delivered >= 1
