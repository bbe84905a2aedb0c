"""What makes the volume: which rules, actors, accounts, addresses and errors match how often.

Nothing is sent here and nothing is stored; stories, exceptions and thresholds go as in a run, so
that the alerts that are counted are those that a run would make of the same input.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from trailbell import group
from trailbell.counts import Suppression
from trailbell.engine import Engine
from trailbell.model import LogEvent, Match, Rule
from trailbell.record import digest, event_key, event_time, facet, read_record
from trailbell.stories import story_key, window_of
from trailbell.suppression import below_threshold, kept_back

FACETS = ("rule", "actor", "account", "source address", "error")
"""What the volume is broken down by."""

NONE = "(none)"
"""Stands for what an event does not say."""


@dataclass(slots=True)
class Sight:
    """Hold of a match what the volume needs; ``values`` are by the names of ``FACETS``.

    It ends in an alert, by its number, or is suppressed: ``held`` by an exception, or below the
    threshold of its rule.
    """

    rule: Rule
    values: tuple[str, ...]
    story: str
    time: int
    held: Suppression | None
    alert: int | None = None

    @property
    def cause(self) -> Suppression | None:
        """Return what would keep it back, None where it would be sent."""
        if self.alert is not None:
            return None
        return self.held or below_threshold(self.rule)


@dataclass(frozen=True, slots=True)
class Row:
    """Say how loud one value is: its matches, those of them that are suppressed, its alerts."""

    value: str
    matches: int
    suppressed: int
    alerts: int


@dataclass(slots=True)
class Volume:
    """Take matches, and say what makes their volume.

    ``window`` and ``longest`` (seconds) say when a story ends, ``started`` (milliseconds since the
    epoch) is the time of what has none. A match that is there twice counts once, among
    ``duplicates``; ``events`` are those that were looked at.
    """

    started: int
    window: float = group.WINDOW
    longest: float = group.LONGEST
    events: int = 0
    duplicates: int = 0
    sights: list[Sight] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def watch(self, engine: Engine, events: Iterable[LogEvent]) -> None:
        """Take the matches of events, as they come."""
        for match in engine.matches(self._counted(events)):
            self.add(match)

    def _counted(self, events: Iterable[LogEvent]) -> Iterator[LogEvent]:
        """Count events on their way."""
        for event in events:
            self.events += 1
            yield event

    def add(self, match: Match) -> None:
        """Take a match."""
        key = digest(event_key(match.event), match.rule.name)
        if key in self._seen:
            self.duplicates += 1
            return
        self._seen.add(key)
        time = event_time(match.event, self.started)
        # Nothing is muted here: it is asked what would ring on an ordinary day.
        held = kept_back(match, time, mutes=(), now=0.0)
        story = story_key(match.rule, match.event)
        self.sights.append(Sight(match.rule, _values(match), story, time, held))

    def settle(self) -> int:
        """Make stories of all matches that were taken; return how many alerts there would be."""
        alerts = 0
        for sights in self._stories():
            for part in self._parts(sights):
                for sight in part:
                    sight.alert = alerts
                alerts += 1
        return alerts

    def rows(self, name: str) -> list[Row]:
        """Return how loud each value of a facet is, the loudest first."""
        place = FACETS.index(name)
        return _rows(self.sights, lambda sight: sight.values[place])

    def suppressed(self) -> list[tuple[Suppression, int]]:
        """Return what would keep matches back, and how many, the most first."""
        causes = Counter(sight.cause for sight in self.sights if sight.cause is not None)
        return sorted(causes.items(), key=lambda one: (-one[1], one[0]))

    def _stories(self) -> Iterator[list[Sight]]:
        """Give, in the order of their times, the matches of each story that no exception holds."""
        stories: dict[str, list[Sight]] = defaultdict(list)
        for sight in self.sights:
            if sight.held is None:
                stories[sight.story].append(sight)
        for sights in sorted(stories.values(), key=lambda sights: min(s.time for s in sights)):
            yield sorted(sights, key=lambda sight: sight.time)

    def _parts(self, sights: list[Sight]) -> Iterator[list[Sight]]:
        """Cut a story into alerts; below a threshold there is none."""
        threshold = sights[0].rule.threshold
        if threshold is None:
            yield from _cut(sights, self.window, self.longest)
            return
        windows: dict[int | None, list[Sight]] = defaultdict(list)
        for sight in sights:
            windows[window_of(sight.rule, sight.time)].append(sight)
        for inside in windows.values():
            if len(inside) >= threshold.count:
                yield from _cut(inside, math.inf, math.inf)


def _cut(sights: Sequence[Sight], window: float, longest: float) -> Iterator[list[Sight]]:
    """Cut matches into alerts as a run does, but for their sizes."""
    numbered = ((str(number), sight.time, 0) for number, sight in enumerate(sights))
    for keys in group.cut(numbered, window, longest):
        yield [sights[int(key)] for key in keys]


def _values(match: Match) -> tuple[str, ...]:
    """Return what a match says under the names of ``FACETS``."""
    record = read_record(match.event.message)
    if record is None:
        account = match.event.origin.account
        return match.rule.name, NONE, account or NONE, NONE, NONE
    named = (facet(record, match.event, name) for name in ("actor", "account", "source_ip"))
    error = record.error_code or ("failed" if record.outcome == "failed" else "")
    return match.rule.name, *(value or NONE for value in named), error or NONE


def _rows(sights: Sequence[Sight], of: Callable[[Sight], str]) -> list[Row]:
    """Count matches by a value."""
    found: dict[str, list[Sight]] = defaultdict(list)
    for sight in sights:
        found[of(sight)].append(sight)
    rows = [
        Row(
            value,
            len(members),
            sum(sight.cause is not None for sight in members),
            len({sight.alert for sight in members} - {None}),
        )
        for value, members in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.matches, row.value))
