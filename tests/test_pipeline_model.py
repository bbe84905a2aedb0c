"""Any sequence of runs against a model of accounting: every match ends as the model says."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import kit
from accounting_model import (
    BATCH,
    DAY,
    DESTINATIONS,
    EVENTS,
    MANY,
    NOTICED,
    PLAIN,
    TAKES_OLD,
    Asked,
    Form,
    Held,
    Key,
    Model,
    Silence,
)
from trailbell import pipeline
from trailbell.counts import Counts, Reason
from trailbell.deliver import Courier, Delivery, Pace, Verdict
from trailbell.errors import ConfigurationError
from trailbell.model import (
    Alert,
    Decoded,
    LogEvent,
    Match,
    Threshold,
)
from trailbell.mutes import Mute
from trailbell.notices import INVALID_RULE, notice_of
from trailbell.pipeline import Destination, Pipeline, Plan
from trailbell.record import digest, event_key
from trailbell.rules import Invalid
from trailbell.store import Store

THRESHOLDS = (
    None,
    Threshold(2, timedelta(minutes=5)),
    Threshold(3, timedelta(minutes=5)),
    Threshold(4, timedelta(minutes=10)),
)
NOTICE = notice_of(Invalid(Path("own.toml"), "own", ConfigurationError("own.toml:3: wrong")), 0)


class Killed(BaseException):
    """Stand for the end of a process: nothing after it is done."""


class Sender:
    """Take all that comes, or nothing."""

    def __init__(self, *, up: bool, verdict: Verdict) -> None:
        self.sent: list[frozenset[str]] = []
        self.dies_after: int | None = None
        self._verdict = Verdict.DELIVERED if up else verdict

    def send(self, message: frozenset[str]) -> Delivery:
        """Take a message, or die with it."""
        if self._verdict is Verdict.DELIVERED:
            self.sent.append(message)
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                raise Killed
        return Delivery(self._verdict, "planned")


FORMS = st.fixed_dictionaries(
    {
        PLAIN: st.builds(Form, st.sampled_from([(), ("alice",), ("probe", "alice")])),
        MANY: st.builds(
            Form,
            st.sampled_from([(), ("alice",), ("probe",), ("alice", "probe")]),
            st.sampled_from(THRESHOLDS),
        ),
    }
).flatmap(lambda forms: st.sampled_from([forms, forms, {MANY: forms[MANY]}, {PLAIN: forms[PLAIN]}]))
ASKED = st.builds(
    Asked,
    FORMS,
    st.lists(
        st.one_of(st.integers(0, len(EVENTS) - 1), st.sampled_from([-1, -90])), max_size=9
    ).map(tuple),
    st.sampled_from([DESTINATIONS, DESTINATIONS, ("here",), ("there",)]),
    st.sampled_from([frozenset(DESTINATIONS), frozenset(DESTINATIONS), frozenset({"here"}),
                     frozenset({"there"}), frozenset()]),
    st.sampled_from([None, None, None, 0, int(kit.NOON + 25) * 1000]),
    st.booleans(),
    st.sampled_from([False, False, False, True]),
)  # fmt: skip
VERDICTS = st.sampled_from([Verdict.RETRY, Verdict.REFUSED, Verdict.MISCONFIGURED])


class Runs(RuleBasedStateMachine):
    """Run pipelines on one store, one after another, and compare each with the model."""

    @initialize()
    def begin(self) -> None:
        """Begin with no store."""
        self.stack = contextlib.ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(pipeline, "BATCH", BATCH)
        self.path = folder / "store.db"
        self.clock = kit.HandClock(kit.NOON + 600)
        self.model = Model()
        events = {NOTICED: NOTICE.event, **dict(enumerate(EVENTS))}
        self.keys: dict[str, Key] = {
            digest(event_key(event), name, destination): (number, name, destination)
            for number, event in events.items()
            for name in ((INVALID_RULE,) if number == NOTICED else (PLAIN, MANY))
            for destination in DESTINATIONS
        }

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.stack.close()

    @rule(seconds=st.sampled_from([1, 300, 3_600, DAY, 31 * DAY]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.time += seconds

    @rule(
        name=st.sampled_from([PLAIN, MANY, "*", ""]),
        alice=st.booleans(),
        minutes=st.sampled_from([1, 60, 3_000]),
        why=st.sampled_from(["one", "two"]),
    )
    def mute(self, name: str, minutes: float, why: str, *, alice: bool) -> None:
        """Mute something from now on."""
        self.clock.time += 1
        now = self.clock.now()
        actor = kit.ALICE if alice or not name else ""
        made = Mute(name, actor, "", "bob", why, now, now + minutes * 60)
        with Store(self.path, self.clock) as store, store.batch():
            kept, replaced = store.mutes.put(made)
        if replaced is None:
            self.model.silences.append(Silence(kept))
        else:
            (same,) = [one for one in self.model.silences if one.mute.id == kept.id]
            same.mute = kept

    @rule(which=st.integers(0, 3))
    def unmute(self, which: int) -> None:
        """Lift a mute that holds."""
        self.clock.time += 1
        now = self.clock.now()
        holding = [
            one for one in self.model.silences if one.lifted is None and one.mute.until > now
        ]
        for one in holding[which : which + 1]:
            with Store(self.path, self.clock) as store, store.batch():
                store.mutes.lift(one.mute.id, "bob")
            one.lifted = now

    @rule(asked=ASKED, verdict=VERDICTS)
    def run(self, asked: Asked, verdict: Verdict) -> None:
        """Run to the end, and compare all that comes out."""
        self.clock.time += 1
        before = {key: one.state for key, one in self.model.matches.items()}
        with Store(self.path, self.clock) as store:
            made, senders = self._pipeline(asked, store, verdict)
            expected, named = self.model.run(asked, self.clock.now())
            counts = made.run(self._decoded(asked))
        assert counts.add_up
        assert expected == counted(counts)
        assert named == Counter(
            {
                (cause.reason, cause.rule, cause.name): number
                for cause, number in counts.suppressions.items()
            }
        )
        for destination, sender in senders.items():
            self._compare_sent(destination, sender.sent, before)

    def _compare_sent(
        self, destination: str, sent: list[frozenset[str]], before: dict[Key, str]
    ) -> None:
        """Compare what went out: each match once, a window as one alert."""
        now = {
            key
            for key, one in self.model.matches.items()
            if one.state == "delivered" and before.get(key) != "delivered" and key[2] == destination
        }
        found = [frozenset(self.keys[key] for key in message) for message in sent]
        assert sorted(now) == sorted(key for alert in found for key in alert)
        groups = {self.model.matches[key].group for key in now} - {None}
        assert groups <= set(found)

    @rule(asked=ASKED, verdict=VERDICTS, at=st.integers(0, 120), sent=st.none() | st.integers(0, 3))
    def crash(self, asked: Asked, verdict: Verdict, at: int, sent: int | None) -> None:
        """Die at any write, or after any message; the model goes on from what is on disk."""
        self.clock.time += 1
        with contextlib.suppress(Killed), Store(self.path, self.clock) as store:
            made, senders = self._pipeline(asked, store, verdict)
            for sender in senders.values():
                sender.dies_after = sent
            self._mine(store, at)
            made.run(self._decoded(asked))
        self._look(asked)

    def _mine(self, store: Store, at: int) -> None:
        """Let the process die at a write."""
        left = iter(range(at))
        database = store._db
        for name in ("write", "write_many"):
            whole = getattr(database, name)

            def dying(statement: str, *values: Any, whole: Any = whole) -> Any:  # noqa: ANN401  as it is
                # What is not written at all is rolled back by the next that opens the file.
                if statement != "ROLLBACK" and next(left, None) is None:
                    raise Killed
                return whole(statement, *values)

            setattr(database, name, dying)

    def _look(self, asked: Asked) -> None:
        """Let the model know what a run that was cut short left on the disk."""
        known, self.model.matches = self.model.matches, {}
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            self._look_at_matches(db)
            rows = db.execute(
                "SELECT key, reason, name, seen FROM suppressed JOIN cause ON cause = cause.id"
            )
            self.model.suppressed = {
                self.keys[key]: (Reason(reason), name, seen) for key, reason, name, seen in rows
            }
        delivered = {key for key, one in known.items() if one.state == "delivered"}
        assert delivered <= {
            key for key, one in self.model.matches.items() if one.state == "delivered"
        }
        form = asked.forms.get(MANY)
        if form and form.threshold:
            self.model.held_form = self._form_on_disk() or self.model.held_form
        for key, (reason, name, _) in self.model.suppressed.items():
            assert key not in self.model.matches
            if reason is Reason.MUTED:
                self.model.recall(key, name)

    def _look_at_matches(self, db: sqlite3.Connection) -> None:
        """Let the model know the matches on the disk, and which share an alert."""
        alerts: dict[str, set[Key]] = {}
        rows = db.execute("SELECT key, state, window, counted, seen, alert FROM match")
        for text, state, start, count, seen, alert in rows:
            key = self.keys[text]
            window = start // 1000 if start is not None else None
            self.model.matches[key] = Held(state, window, bool(count), seen)
            if alert and window is not None:
                alerts.setdefault(alert, set()).add(key)
        for members in alerts.values():
            for key in members:
                self.model.matches[key].group = frozenset(members)

    def _form_on_disk(self) -> Form | None:
        """Return the form of the threshold's rule that the store goes by."""
        with Store(self.path, self.clock, readonly=True) as store:
            rows = store._db.rows("SELECT DISTINCT rule FROM match WHERE state = 'held'")
            if not rows:
                return None
            (found,) = {store._rule(rule_id) for (rule_id,) in rows}
        return Form(tuple(one.name for one in found.exceptions), found.threshold)

    @rule(asked=ASKED)
    def look_only(self, asked: Asked) -> None:
        """Without sending all is counted as not sent, and the store stays as it is."""
        self.clock.time += 1
        with Store(self.path, self.clock, readonly=True) as store:
            mutes = store.mutes.holding()
        with Store(None, self.clock) as store:
            with store.batch():
                for one in mutes:
                    store.mutes.copy(one)
            made, _ = self._pipeline(asked, store, Verdict.RETRY, sending=False)
            counts = made.run(self._decoded(asked))
        assert counts.matched == counts.suppressed[Reason.NOT_SENT]
        assert counts.add_up

    def _pipeline(
        self, asked: Asked, store: Store, verdict: Verdict, *, sending: bool = True
    ) -> tuple[Pipeline, dict[str, Sender]]:
        """Return a pipeline that does what is asked, and its senders."""
        senders = {name: Sender(up=name in asked.up, verdict=verdict) for name in asked.to}

        def render(alert: Alert) -> frozenset[str]:
            return frozenset(
                digest(event_key(match.event), match.rule.name, alert.destination)
                for match in alert.matches
            )

        destinations = {
            name: Destination(
                Courier(sender, self.clock, Pace(1_000, 1_000), lambda: 1.0),
                render,
                takes_old=TAKES_OLD[name],
            )
            for name, sender in senders.items()
        }
        plan = Plan(
            rules=[form.rule(name) for name, form in asked.forms.items()],
            destinations=destinations,
            route=lambda match: asked.route(match.rule.name),
            clock=self.clock,
            since=asked.since,
            wait=0.0,
            sending=sending,
            notices=[self._notice()] if asked.notice else [],
        )
        return Pipeline(plan, store, lambda _: None), senders

    def _notice(self) -> Match:
        event = NOTICE.event
        now = int(self.clock.now() * 1000)
        return Match(NOTICE.rule, LogEvent(event.message, event.id, now, event.origin))

    def _decoded(self, asked: Asked) -> Iterable[Decoded]:
        """Give the events, and let time pass among them."""
        for step in asked.steps:
            if step < 0:
                self.clock.time -= step
            else:
                yield EVENTS[step]

    @invariant()
    def store_agrees(self) -> None:
        """Hold the store against the model."""
        with Store(self.path, self.clock, readonly=True) as store:
            rows = store._db.rows("SELECT key, state, counted FROM match")
            states = {self.keys[key]: (state, bool(count)) for key, state, count in rows}
            causes = {
                (one.cause.reason, one.cause.rule, one.cause.name): one.matches
                for one in store.suppressions()
                if one.cause.reason is not Reason.BELOW_THRESHOLD
            }
            mutes = {one.id: one.matches for one in store.mutes.all()}
        assert {key: (one.state, one.counted) for key, one in self.model.matches.items()} == states
        assert (
            Counter((reason, key[1], by) for key, (reason, by, _) in self.model.suppressed.items())
            == causes
        )
        kept = {one.mute.id: len(one.matches) for one in self.model.silences}
        assert mutes == {name: kept[name] for name in mutes}


def counted(counts: Counts) -> Counter[str]:
    """Return the counts of matches as the model has them."""
    found: Counter[str] = Counter(
        {name: getattr(counts, name) for name in ("matched", "carried", "delivered", "owed")}
    )
    found.update({str(reason): number for reason, number in counts.reasons})
    return +found


TestRuns = Runs.TestCase
TestRuns.settings = settings(
    max_examples=60,
    stateful_step_count=12,
    deadline=None,
    # To make a failing sequence shorter takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
