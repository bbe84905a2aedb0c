"""The stages in order: what is read becomes matches, stories, messages, deliveries.

.. code-block:: text

    recover  what an earlier run left: alerts are made of it, and go out first
    watch    decoded input, batch by batch → matches, written down in the store
    gather   matches → alerts, by story and threshold
    deliver  alerts → messages → destinations, until all is delivered or patience ends

A match is written down before it is acted on, so that a crash between two stages loses nothing:
the next run finds it owed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from trailbell import group
from trailbell.clock import Clock
from trailbell.counts import Counts, Reason, Suppression
from trailbell.dispatch import Destination, Dispatch, Trouble
from trailbell.engine import Engine
from trailbell.evidence import with_evidence
from trailbell.model import (
    Alert,
    Decoded,
    LogEvent,
    Match,
    PassedOver,
    Remark,
    Rule,
    Sighting,
    Unreadable,
)
from trailbell.mutes import end_words
from trailbell.record import digest, event_key, event_time, glance, in_range
from trailbell.store import Store, Waiting, Window
from trailbell.suppression import exception_for, kept_back

__all__ = ["Destination", "Pipeline", "Plan", "Trouble"]

BATCH = 1_000
"""Events that are matched, and then written down, at once."""
BATCH_CHARACTERS = 16 * 1024 * 1024
"""Characters of messages that are in memory at once, but for the last one."""
OLD = 24 * 3_600.0
"""Seconds after which an event is too old for a channel, unless it is asked for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Say what a run is to do.

    ``route`` gives the names of the destinations of a match. ``since`` and ``until`` are event
    times in milliseconds since the epoch. ``wait`` is how many seconds to try for what is owed,
    ``window`` and ``longest`` (seconds) say when a story ends. Where ``sending`` is False nothing
    is sent; ``show``, where there is one, gets the alerts that would have gone out. ``notices`` are
    matches that come of the plan itself, as they are shown; each is a story of its own.
    """

    rules: Sequence[Rule]
    destinations: Mapping[str, Destination]
    route: Callable[[Match], Sequence[str]]
    clock: Clock
    since: int | None = None
    until: int | None = None
    wait: float = 60.0
    window: float = group.WINDOW
    longest: float = group.LONGEST
    sending: bool = True
    show: Callable[[Alert], None] | None = None
    notices: Sequence[Match] = ()


class Pipeline:
    """Run the stages over input, count everything, and say what is worth a word on the way.

    ``tell`` gets the unreadable pieces and the remarks as they come, ``progress`` the number of
    alerts delivered and of those still to be tried. ``ended_mutes`` are those that have ended since
    a run said so.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        tell: Callable[[Unreadable | Remark], None],
        progress: Callable[[int, int], None] = lambda _done, _left: None,
    ) -> None:
        self.counts = Counts()
        self._plan = plan
        self._store = store
        self._tell = tell
        self._engine = Engine(plan.rules)
        self._dispatch = Dispatch(plan.destinations, store, plan.clock, tell, progress)
        self._started = int(plan.clock.now() * 1000)
        # The oldest goes first, so that a match stays with the mute that has counted it.
        self._mutes = sorted(store.mutes.holding(), key=lambda mute: mute.since)
        self.ended_mutes = store.mutes.ended_unnoted()

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        """Return what is the matter with each destination that something is owed to."""
        return self._dispatch.troubles if self._plan.sending else {}

    def run(self, decoded: Iterable[Decoded]) -> Counts:
        """Do the whole run and return its counts.

        Raises StoreError where the store fails: then nothing more is acted on.
        """
        self._store.begin_run()
        for mute in self.ended_mutes:
            self._tell(Remark("mutes", end_words(mute, self._plan.clock.now())))
        self._recover()
        self._deliver(wait=0.0)
        self._announce()
        for batch in _batches(decoded):
            self._watch(batch)
        self._gather()
        self._deliver(wait=self._plan.wait)
        self._close()
        return self.counts

    # Recover

    def _recover(self) -> None:
        """Make alerts of what a run that was cut short wrote down; count what is owed."""
        with self._store.batch():
            for rule in self._plan.rules:
                if rule.threshold:
                    self._store.adopt(rule, functools.partial(group.window_of, rule))
        self._gather()
        with self._store.batch():
            self._store.count_held_no_more()
        self.counts.carried = self._store.count_owed()

    # Watch

    def _announce(self) -> None:
        """Write down the matches that come of the plan itself."""
        with self._store.batch():
            for notice in self._plan.notices:
                self._sight(_Sighted(notice, self._started, self._kept_back, is_notice=True))

    def _watch(self, batch: list[Decoded]) -> None:
        """Match a batch of events and write the matches down."""
        events = [item for item in batch if isinstance(item, LogEvent) and self._admits(item)]
        for item in batch:
            self._note(item)
        with self._store.batch():
            for match in self._engine.match(events):
                self._sight(_Sighted(match, self._started, self._kept_back))

    def _admits(self, event: LogEvent) -> bool:
        """Count an event, and tell whether it lies in the range that was asked for."""
        self.counts.events += 1
        self.counts.mended += event.mended
        self.counts.records += glance(event.message) is not None
        inside = in_range(event, self._plan.since, self._plan.until, self._started)
        self.counts.out_of_range += not inside
        return inside

    def _note(self, item: Decoded) -> None:
        """Count and name what is no event."""
        match item:
            case PassedOver(kind="control"):
                self.counts.control += 1
            case PassedOver():
                self.counts.digests += 1
            case Unreadable():
                self.counts.unreadable += 1
                self._tell(item)
            case Remark():
                self._tell(item)

    def _kept_back(self, match: Match, time: int) -> Suppression | None:
        """Return what keeps a match back that would be sent otherwise."""
        return kept_back(match, time, self._mutes, self._plan.clock.now())

    def _sight(self, sighted: _Sighted) -> None:
        """Write a match down for each of its destinations, or count why it is not sent."""
        names = self._plan.route(sighted.match)
        if not names:
            self.counts.matched += 1
            self.counts.unrouted += 1
            self.counts.suppressed[Reason.NOT_SENT] += 1
        for name in names:
            self.counts.matched += 1
            self._sight_for(name, sighted)

    def _sight_for(self, destination: str, sighted: _Sighted) -> None:
        """Write a match down for one destination, or count why it is not sent, and note that."""
        rule = sighted.match.rule.name
        key = digest(sighted.event, rule, destination)
        reason = self._reason_against(key, destination, sighted.time)
        cause = sighted.cause if reason in (None, Reason.NOT_SENT) else None
        if cause is not None:
            reason = reason or cause.reason
            self.counts.suppressions[replace(cause, reason=reason)] += 1
        elif reason is None or (reason is Reason.NOT_SENT and self._plan.show):
            self._store.write(sighted.on_its_way(key, destination))
        if reason is not None:
            self.counts.suppressed[reason] += 1
        # What is too old is in the report alone: an archive would leave a row of each match.
        if cause is not None and reason in (Reason.MUTED, Reason.EXCEPTION):
            self._store.suppress(key, destination, cause)

    def _reason_against(self, key: str, destination: str, time: int) -> Reason | None:
        """Return why a match is not to be sent, mutes and exceptions aside; the first counts."""
        if not self._plan.sending:
            return Reason.NOT_SENT
        if not self._store.first_sight(key) or self._store.is_settled(key):
            return Reason.DUPLICATE
        takes_old = self._plan.since is not None or self._plan.destinations[destination].takes_old
        if not takes_old and time < self._started - OLD * 1000:
            return Reason.TOO_OLD
        return None

    # Gather

    def _gather(self) -> None:
        """Make alerts of the matches that are in none yet."""
        with self._store.batch():
            for window in self._store.held_windows():
                for part in group.cut(self._due(window), math.inf, math.inf):
                    self._store.open_alert(window.destination, part)
            for destination, story in self._store.waiting_stories():
                for part in group.cut(story, self._plan.window, self._plan.longest):
                    self._store.open_alert(destination, part)

    def _due(self, window: Window) -> Sequence[Waiting]:
        """Return the matches held back in a window that is full, none of one that is not.

        An exception that has come since a match was held back keeps it from counting, too.
        """
        rule = window.rule
        enough = rule.threshold.count if rule.threshold else 0
        if window.events < enough:
            return ()
        due = [
            one
            for one in window.held
            if exception_for(rule, self._store.held_event(one[0]), one[1]) is None
        ]
        return due if window.events - len(window.held) + len(due) >= enough else ()

    # Deliver

    def _deliver(self, wait: float) -> None:
        """Deliver what is owed, or show it where nothing is to be sent."""
        if self._plan.sending:
            self._dispatch.deliver(self.counts, wait)
        elif self._plan.show:
            for owed in self._store.owed_alerts():
                self._plan.show(self._store.alert(owed.id))

    def _close(self) -> None:
        """Count what the run leaves behind."""
        if self._plan.sending:
            for held in self._store.held_back():
                self.counts.suppressed[Reason.BELOW_THRESHOLD] += held.matches
                self.counts.suppressions[held.cause] += held.matches
            self.counts.owed = self._store.count_owed()
            with self._store.batch():
                for mute in self.ended_mutes:
                    self._store.mutes.note_end(mute.id)
                self._store.end_run(self.counts.to_json().encode())


class _Sighted:
    """Work out what there is to know of a match once, however many destinations it has."""

    def __init__(
        self,
        match: Match,
        started: int,
        kept_back: Callable[[Match, int], Suppression | None],
        *,
        is_notice: bool = False,
    ) -> None:
        self.match = match
        self.time = event_time(match.event, started)
        self._kept_back = kept_back
        self._is_notice = is_notice

    @functools.cached_property
    def event(self) -> str:
        """Return what makes two events the same."""
        return event_key(self.match.event)

    @functools.cached_property
    def cause(self) -> Suppression | None:
        """Return what keeps the match back, None where nothing does."""
        return self._kept_back(self.match, self.time)

    @functools.cached_property
    def _shown(self) -> Match:
        return self.match if self._is_notice else with_evidence(self.match, self.time)

    @functools.cached_property
    def _story(self) -> str:
        return self.event if self._is_notice else group.story_key(self.match.rule, self.match.event)

    def on_its_way(self, key: str, destination: str) -> Sighting:
        """Return the match as the store writes it down."""
        window = group.window_of(self.match.rule, self.time)
        return Sighting(key, self.event, destination, self._story, self.time, window, self._shown)


def _batches(decoded: Iterable[Decoded]) -> Iterator[list[Decoded]]:
    """Cut what is decoded into batches that fit into memory."""
    batch: list[Decoded] = []
    size = 0
    for item in decoded:
        batch.append(item)
        size += len(item.message) if isinstance(item, LogEvent) else 0
        if len(batch) >= BATCH or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    yield batch
