"""What the matches of an alert have in common, and what of them is worth a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from trailbell.model import Alert, Match
from trailbell.record import read_record
from trailbell.render.facts import Facts, facts_of

MOST_GROUPS = 10
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Hold the matches of an alert that did the same, for one line.

    ``first`` and ``last`` are event times in milliseconds since the epoch.
    """

    name: str
    count: int
    first: int
    last: int
    sample: Facts


@dataclass(frozen=True, slots=True)
class Summary:
    """Hold what an alert of CloudTrail records says.

    ``sample`` are the facts of the record that is shown whole, ``sample_match`` its match. The
    ``groups`` are the largest first, at most ``MOST_GROUPS`` of ``group_count``.
    """

    count: int
    first: int
    last: int
    actors: int
    sources: tuple[str, ...]
    groups: tuple[Group, ...]
    group_count: int
    sample: Facts
    sample_match: Match

    @property
    def what(self) -> str:
        """Name what was done: the event, or how many times which."""
        if self.count == 1:
            return self.sample.event
        if self.group_count == 1:
            return f"{self.count:,} × {self.groups[0].name}"
        events = list(dict.fromkeys(group.sample.event for group in self.groups))
        more = " …" if len(events) > MOST_NAMES or self.group_count > len(self.groups) else ""
        return f"{self.count:,} × {', '.join(events[:MOST_NAMES])}{more}"


def summary_of(alert: Alert, accounts: Mapping[str, str]) -> Summary | None:
    """Summarise an alert; None where one of its events is no CloudTrail record."""
    facts: list[tuple[Facts, Match]] = []
    for match in alert.matches:
        record = read_record(match.event.message)
        if record is None:
            return None
        facts.append((facts_of(record, match.event, accounts), match))
    kinds: dict[str, list[tuple[Facts, Match]]] = {}
    for fact, match in facts:
        kinds.setdefault(_kind(fact), []).append((fact, match))
    by_size = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    sample, sample_match = by_size[0][1][0]
    times = [fact.time for fact, _ in facts]
    sources = Counter(fact.source for fact, _ in facts if fact.source)
    return Summary(
        count=len(facts),
        first=min(times),
        last=max(times),
        actors=len({fact.actor for fact, _ in facts}),
        sources=tuple(source for source, _ in sources.most_common()),
        groups=tuple(_group(name, members) for name, members in by_size[:MOST_GROUPS]),
        group_count=len(by_size),
        sample=sample,
        sample_match=sample_match,
    )


def _kind(fact: Facts) -> str:
    """Name what a record did: the event, and its error where it failed."""
    return f"{fact.event}: {fact.outcome.partition(':')[0]}" if fact.failed else fact.event


def _group(name: str, members: list[tuple[Facts, Match]]) -> Group:
    times = [fact.time for fact, _ in members]
    return Group(name, len(members), min(times), max(times), members[0][0])
