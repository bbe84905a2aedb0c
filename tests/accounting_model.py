"""What accounting says must come of runs, worked out from scratch: a model to hold runs against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import kit
from trailbell.counts import Reason
from trailbell.model import Rule, RuleException, Threshold
from trailbell.mutes import Mute
from trailbell.notices import INVALID_RULE

BATCH = 2
DAY = 86_400.0
DESTINATIONS = ("here", "there")
TAKES_OLD = {"here": True, "there": False}
PLAIN, MANY = "plain", "many"

# Seconds after noon: two windows of five minutes, which are one of ten, and something old.
TIMES = (0, 10, 20, 30, 299, 300, 310, 320, -2 * DAY)
EVENTS = [
    kit.event(
        number,
        at=kit.NOON + time,
        userAgent="probe" if number % 3 == 0 else "cli",
        userIdentity={
            "type": "IAMUser",
            "arn": f"arn:aws:iam::{kit.ACCOUNT}:user/{'alice' if number % 2 else 'bob'}",
        },
    )
    for number, time in enumerate(TIMES)
]
EXCEPTIONS = {
    "alice": RuleException("alice", "she may", values=(("actor", (kit.ALICE,)),)),
    "probe": RuleException("probe", "it is ours", '{ $.userAgent = "probe" }'),
}
Key = tuple[int, str, str]
"""A match: the number of its event, its rule, its destination."""
NOTICED = len(EVENTS)
"""Stands for the number of the event of the notice."""


def excepted(number: int, names: Sequence[str]) -> str:
    """Return the first of some exceptions that holds for an event, empty where none does."""
    holds = {"alice": number % 2 == 1, "probe": number % 3 == 0}
    return next((name for name in names if number < NOTICED and holds[name]), "")


@dataclass(frozen=True)
class Form:
    """Hold a rule as the model knows it."""

    exceptions: tuple[str, ...]
    threshold: Threshold | None = None

    def rule(self, name: str) -> Rule:
        """Return the rule itself."""
        return kit.rule(
            name,
            threshold=self.threshold,
            group_by=("account",),
            exceptions=tuple(EXCEPTIONS[one] for one in self.exceptions),
        )

    def window(self, number: int) -> int | None:
        """Return the window that an event falls into."""
        if self.threshold is None:
            return None
        length = int(self.threshold.within.total_seconds())
        return int(kit.NOON + TIMES[number]) // length * length


@dataclass
class Held:
    """Say where a match stands: held, owed or delivered; ``group`` are those of its alert."""

    state: str
    window: int | None
    counted: bool
    seen: float
    group: frozenset[Key] | None = None


@dataclass
class Silence:
    """Hold a mute as the model knows it, and the matches that it kept back."""

    mute: Mute
    matches: set[Key] = field(default_factory=set)
    lifted: float | None = None

    def holds(self, key: Key, now: float) -> bool:
        """Tell whether it keeps a match back."""
        until = self.mute.until if self.lifted is None else self.lifted
        number, name, _ = key
        by_actor = not self.mute.actor or (number < NOTICED and number % 2 == 1)
        return now < until and by_actor and self.mute.rule in ("", "*", name)


@dataclass(frozen=True)
class Asked:
    """Hold what a run is asked to do; a number of ``steps`` below 0 lets time pass."""

    forms: dict[str, Form]
    steps: tuple[int, ...]
    to: tuple[str, ...]
    up: frozenset[str]
    since: int | None
    notice: bool
    unrouted: bool

    @property
    def batches(self) -> Iterator[tuple[list[int], float]]:
        """Give the events of each batch, and the seconds that pass until they are matched."""
        batch: list[int] = []
        passed = 0.0
        for step in self.steps:
            if step < 0:
                passed += -step
                continue
            batch.append(step)
            if len(batch) == BATCH:
                yield batch, passed
                batch, passed = [], 0.0
        yield batch, passed

    def route(self, name: str) -> tuple[str, ...]:
        """Return where the matches of a rule go."""
        return () if self.unrouted and name == PLAIN else self.to


class Model:
    """Work out what must come of each run."""

    def __init__(self) -> None:
        self.matches: dict[Key, Held] = {}
        self.suppressed: dict[Key, tuple[Reason, str, float]] = {}
        self.silences: list[Silence] = []
        self.held_form: Form | None = None

    def run(self, asked: Asked, now: float) -> tuple[Counter[str], Counter[Any]]:
        """Return the counts of a run, and what it suppressed by reason, rule and name."""
        started = now
        counts: Counter[str] = Counter()
        named: Counter[Any] = Counter()
        self.recover(asked.forms)
        counts["carried"] = self.owed()
        counts["delivered"] += self.deliver(asked)
        seen: set[Key] = set()
        work = [([NOTICED], 0.0)] if asked.notice else []
        for batch, passed in [*work, *asked.batches]:
            now += passed
            for number in batch:
                time = started if number == NOTICED else kit.NOON + TIMES[number]
                if number < NOTICED and asked.since is not None and time * 1000 < asked.since:
                    continue
                names = [INVALID_RULE] if number == NOTICED else list(asked.forms)
                for name in names:
                    form = asked.forms.get(name, Form(()))
                    destinations = asked.route(name)
                    counts["matched"] += max(1, len(destinations))
                    counts[Reason.NOT_SENT] += not destinations
                    for destination in destinations:
                        key = (number, name, destination)
                        reason, by = self.sight(key, form, now, (time, started, asked, seen))
                        if reason is not None:
                            counts[reason] += 1
                        if by:
                            named[reason, name, by] += 1
        self.gather()
        counts["delivered"] += self.deliver(asked)
        for (_, name, _), one in self.matches.items():
            if one.state == "held" and one.counted:
                counts[Reason.BELOW_THRESHOLD] += 1
                named[Reason.BELOW_THRESHOLD, name, ""] += 1
        counts["owed"] = self.owed()
        self.close(now)
        return +counts, named

    def recall(self, key: Key, what: str) -> None:
        """Count a match for the mute that is found to have kept it back, by what that is for."""
        for one in reversed(self.silences):
            if one.mute.what == what:
                one.matches.add(key)
                return

    def recover(self, forms: dict[str, Form]) -> None:
        """Take up what a run that was cut short left."""
        form = forms.get(MANY)
        if form is not None and form.threshold is not None:
            self.held_form = form
            for (number, name, _), one in self.matches.items():
                if name == MANY and one.window is not None:
                    one.window = form.window(number)
        self.gather()
        for one in self.matches.values():
            one.counted = one.counted and one.state != "held"

    def sight(
        self, key: Key, form: Form, now: float, about: tuple[float, float, Asked, set[Key]]
    ) -> tuple[Reason | None, str]:
        """See a match; return why it is not sent, and the name of what keeps it back."""
        time, started, asked, seen = about
        known = self.matches.get(key)
        if key in seen or (known and known.state != "held"):
            seen.add(key)
            return Reason.DUPLICATE, ""
        seen.add(key)
        if not TAKES_OLD[key[2]] and asked.since is None and time < started - DAY:
            return Reason.TOO_OLD, ""
        for silence in self.silences:
            if silence.holds(key, now):
                silence.matches.add(key)
                return self.keep_back(key, Reason.MUTED, silence.mute.what, now)
        by = excepted(key[0], form.exceptions)
        if by:
            return self.keep_back(key, Reason.EXCEPTION, by, now)
        window = form.window(key[0]) if key[0] < NOTICED else None
        self.suppressed.pop(key, None)
        self.matches[key] = Held("owed" if window is None else "held", window, True, now)
        return None, ""

    def keep_back(self, key: Key, reason: Reason, by: str, now: float) -> tuple[Reason, str]:
        """Suppress a match; it is held back no more."""
        self.matches.pop(key, None)
        self.suppressed[key] = reason, by, now
        return reason, by

    def gather(self) -> None:
        """Let the windows ring that are full."""
        form = self.held_form
        if form is None or form.threshold is None:
            return
        windows = {(key[2], one.window) for key, one in self.matches.items() if one.window}
        for destination, window in windows:
            inside = {
                key: one
                for key, one in self.matches.items()
                if key[1:] == (MANY, destination) and one.window == window
            }
            held = {key: one for key, one in inside.items() if one.state == "held"}
            free = {key: one for key, one in held.items() if not excepted(key[0], form.exceptions)}
            others = len(inside) - len(held)
            full = len(free) + others >= form.threshold.count
            if full and any(one.counted for one in held.values()):
                for one in free.values():
                    one.state, one.group = "owed", frozenset(free)

    def owed(self) -> int:
        """Return how many matches are owed and count."""
        return sum(one.counted for one in self.matches.values() if one.state == "owed")

    def deliver(self, asked: Asked) -> int:
        """Deliver what is owed to those that take it."""
        done = 0
        for key, one in self.matches.items():
            if one.state == "owed" and key[2] in asked.up.intersection(asked.to):
                one.state = "delivered"
                done += one.counted
        return done

    def close(self, now: float) -> None:
        """End a run: nothing that is held counts any more, and what is old is forgotten."""
        for one in self.matches.values():
            one.counted = one.counted and one.state != "held"
        self.matches = {
            key: one
            for key, one in self.matches.items()
            if one.state != "held" or one.seen >= now - 30 * DAY
        }
        self.suppressed = {
            key: one for key, one in self.suppressed.items() if one[2] >= now - 30 * DAY
        }
