"""The stages in order: what is read becomes matches, stories, messages, deliveries.

.. code-block:: text

    carry    what the store still owes goes out first
    watch    decoded input, batch by batch → matches, written down in the store
    gather   matches → alerts, by story and threshold
    deliver  alerts → messages → destinations, until all is delivered or patience ends

A match is written down before it is acted on, so that a crash between two stages loses nothing:
the next run finds it owed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trailbell import group
from trailbell.clock import Clock
from trailbell.counts import Counts, Reason
from trailbell.deliver import Courier, Message, Verdict
from trailbell.engine import Engine
from trailbell.masking import MASK, is_secret_key, masked_message
from trailbell.model import (
    Alert,
    Clause,
    Decoded,
    LogEvent,
    Match,
    PassedOver,
    Remark,
    Rule,
    Sighting,
    Unreadable,
)
from trailbell.preview import one_line
from trailbell.record import digest, event_key, event_time, glance
from trailbell.store import Owed, Store

BATCH = 1_000
"""Events that are matched, and then written down, at once."""

OLD = 24 * 3_600.0
"""Seconds after which an event is too old for a channel, unless it is asked for."""

BATCH_CHARACTERS = 16 * 1024 * 1024
"""Characters of messages that are in memory at once, but for the last one."""

LONGEST_CLAUSE = 150
"""Characters of a clause, or of a value that it selected, that an alert keeps."""
MOST_VALUES = 3
"""Values selected by one clause that an alert keeps."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Say how alerts reach one destination.

    ``render`` makes a message of an alert, ``plain`` a simpler one for when that is refused.
    ``takes_old`` is False for a channel, into which an archive must never pour by accident.
    """

    courier: Courier[Any]
    render: Callable[[Alert], object]
    plain: Callable[[Alert], object] | None = None
    takes_old: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """Say what a run is to do.

    ``route`` gives the names of the destinations of a match. ``since`` and ``until`` are event
    times in milliseconds since the epoch. ``wait`` is how many seconds to try for what is owed.
    Where ``sending`` is False nothing is sent and the store stays as it is; ``show`` gets the
    alerts that would have gone out.
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
    show: Callable[[Alert], None] = field(default=lambda _: None)


class Pipeline:
    """Run the stages over input, count everything, and say what is worth a word on the way.

    ``tell`` gets the unreadable pieces and the remarks as they come, ``progress`` the number of
    alerts delivered and of those still to be tried.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        tell: Callable[[Unreadable | Remark], None],
        progress: Callable[[int, int], None] = lambda _done, _left: None,
    ) -> None:
        self.counts = Counts()
        self.troubles: dict[str, str] = {}
        """Why the last attempt failed, for each destination that did not recover."""
        self._plan = plan
        self._store = store
        self._tell = tell
        self._progress = progress
        self._engine = Engine(plan.rules)
        self._started = int(plan.clock.now() * 1000)

    def run(self, decoded: Iterable[Decoded]) -> Counts:
        """Do the whole run and return its counts.

        Raises StoreError where the store fails: then nothing more is acted on.
        """
        self.counts.carried = self._store.count_owed()
        self._gather()
        self._deliver(wait=0.0)
        for batch in _batches(decoded):
            self._watch(batch)
        self._gather()
        self._deliver(wait=self._plan.wait)
        self._close()
        return self.counts

    def _watch(self, batch: list[Decoded]) -> None:
        """Match a batch of events and write the matches down."""
        events = [item for item in batch if isinstance(item, LogEvent) and self._admits(item)]
        for item in batch:
            self._note(item)
        with self._store.batch():
            for match in self._engine.match(events):
                self._sight(match)

    def _admits(self, event: LogEvent) -> bool:
        """Count an event, and tell whether it lies in the range that was asked for."""
        self.counts.events += 1
        self.counts.mended += event.mended
        seen = glance(event.message)
        self.counts.records += seen is not None
        since, until = self._plan.since, self._plan.until
        if since is None and until is None:
            return True
        time = event_time(event, self._started)
        inside = (since is None or time >= since) and (until is None or time < until)
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

    def _sight(self, match: Match) -> None:
        """Write a match down for each of its destinations, or count why it is not sent."""
        time = event_time(match.event, self._started)
        event = event_key(match.event)
        story = group.story_key(match.rule, match.event)
        names = self._plan.route(match)
        if not names:
            self.counts.matched += 1
            self.counts.unrouted += 1
            self.counts.suppressed[Reason.NOT_SENT] += 1
        for name in names:
            self.counts.matched += 1
            key = digest(event, match.rule.name, name)
            reason = self._reason_against(key, name, time)
            if reason is not None:
                self.counts.suppressed[reason] += 1
            if reason is None or reason is Reason.NOT_SENT:
                window = group.window_of(match.rule, time)
                self._store.write(
                    Sighting(key, event, name, story, time, window, _explained(match, time))
                )

    def _reason_against(self, key: str, destination: str, time: int) -> Reason | None:
        """Return why a match is not to be sent, None where it is; the first reason counts."""
        if not self._plan.sending:
            return Reason.NOT_SENT
        if not self._store.first_sight(key) or self._store.is_settled(key):
            return Reason.DUPLICATE
        takes_old = self._plan.since is not None or self._plan.destinations[destination].takes_old
        if not takes_old and time < self._started - OLD * 1000:
            return Reason.TOO_OLD
        return None

    def _gather(self) -> None:
        """Make alerts of the matches that are in none yet."""
        with self._store.batch():
            for destination, rule, events, keys in self._store.held_windows():
                if rule.threshold is None or events >= rule.threshold.count:
                    for start in range(0, len(keys), group.MOST_MATCHES):
                        self._store.open_alert(
                            destination, keys[start : start + group.MOST_MATCHES]
                        )
            for destination, story in self._store.waiting_stories():
                for part in group.cut(story, self._plan.window, self._plan.longest):
                    self._store.open_alert(destination, part)

    def _deliver(self, wait: float) -> None:
        """Deliver what is owed to the destinations of this run, the oldest first.

        Gives up once nothing was accepted for ``wait`` seconds; what is left stays owed.
        """
        clock, destinations = self._plan.clock, self._plan.destinations
        queues: dict[str, deque[Owed]] = {}
        for owed in self._store.owed_alerts():
            if not self._plan.sending:
                self._plan.show(self._store.alert(owed.id))
            elif owed.destination in destinations:
                queues.setdefault(owed.destination, deque()).append(owed)
        patience_ends = clock.now() + wait
        while queues:
            name = min(queues, key=lambda name: destinations[name].courier.ready_at)
            courier, queue = destinations[name].courier, queues[name]
            if courier.stopped or not queue:
                del queues[name]
                continue
            if courier.ready_at > max(patience_ends, clock.now()):
                break
            clock.sleep(courier.ready_at - clock.now())
            owed = queue.popleft()
            verdict = self._hand_over(owed)
            if verdict is Verdict.DELIVERED:
                patience_ends = clock.now() + wait
            elif verdict is Verdict.RETRY:
                queue.appendleft(owed)
            self._progress(self.counts.alerts, sum(map(len, queues.values())))

    def _hand_over(self, owed: Owed) -> Verdict:
        """Attempt one alert once, and write down what became of it."""
        destination = self._plan.destinations[owed.destination]
        alert = self._store.alert(owed.id)
        plain = destination.plain(alert) if destination.plain else None
        delivery = destination.courier.attempt(Message(destination.render(alert), plain))
        with self._store.batch():
            if delivery.verdict is Verdict.DELIVERED:
                self.counts.delivered += self._store.settle(owed.id)
                self.counts.alerts += 1
                self.counts.messages += 1
                self.troubles.pop(owed.destination, None)
            else:
                self._store.keep_owing(owed.id, delivery.reason)
                self.troubles[owed.destination] = delivery.reason
        return delivery.verdict

    def _close(self) -> None:
        """Count what the run leaves behind."""
        if self._plan.sending:
            self.counts.suppressed[Reason.BELOW_THRESHOLD] = self._store.count_held()
            self.counts.owed = self._store.count_owed()
            with self._store.batch():
                self._store.end_run(self.counts.to_json().encode())


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


def _explained(match: Match, time: int) -> Match:
    """Return a match as it is stored and shown: with its clauses, without credentials."""
    event = match.event
    clauses = tuple(
        Clause(one_line(leaf.text, LONGEST_CLAUSE), tuple(_shown(leaf.path, leaf.selected)))
        for leaf in match.rule.compiled.explain(event.message).decisive()
    )
    return Match(
        match.rule,
        replace(
            event,
            message=masked_message(event.message),
            timestamp=time if event.timestamp is None else event.timestamp,
        ),
        clauses,
    )


def _shown(path: Sequence[str], selected: Sequence[str]) -> Iterator[str]:
    """Give the selected values as an alert may show them."""
    secret = any(is_secret_key(name) for name in path)
    for value in selected[:MOST_VALUES]:
        yield MASK if secret else one_line(masked_message(value), LONGEST_CLAUSE)
