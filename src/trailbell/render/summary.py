"""What the matches of an alert have in common, and what of them is worth a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from trailbell.model import Alert, Match
from trailbell.record import read_record
from trailbell.render.actors import short_name
from trailbell.render.facts import Facts, facts_of
from trailbell.render.words import MOST_NAMES, few, plural

MOST_GROUPS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Hold what one line of an alert is about: a match, or the matches that did the same.

    ``first`` and ``last`` are event times in milliseconds since the epoch. ``target`` is empty
    where they had different ones, and never an ARN.
    """

    name: str
    count: int
    first: int
    last: int
    target: str
    sample: Facts


@dataclass(frozen=True, slots=True)
class Summary:
    """Hold what an alert of CloudTrail records says.

    ``sample`` are the facts of the record that is shown whole, ``sample_match`` its match. The
    ``groups`` are a line each, at most ``MOST_GROUPS`` of ``group_count``: every match by itself
    where they are so few, in the order of their times, else the largest kinds first. ``events``
    are the names of what was done. ``actor`` and ``place`` are words for a headline.
    ``who_notes``, ``account``, ``agent`` and ``target`` are empty where the records differ in
    them. ``sources``, ``regions``, ``remarks`` and ``notes``
    hold each value once, the most frequent first.
    """

    count: int
    first: int
    last: int
    actor: str
    who: str
    who_notes: str
    account: str
    place: str
    sources: tuple[str, ...]
    agent: str
    target: str
    regions: tuple[str, ...]
    remarks: tuple[str, ...]
    notes: tuple[str, ...]
    events: tuple[str, ...]
    groups: tuple[Group, ...]
    group_count: int
    sample: Facts
    sample_match: Match

    @property
    def what(self) -> str:
        """Name what was done: the event, how many times which, or how many of which."""
        more = " …" if len(self.events) > MOST_NAMES else ""
        names = ", ".join(self.events[:MOST_NAMES]) + more
        if self.count == len(self.events) <= MOST_NAMES:
            return names
        once = len(self.events) == 1
        return f"{self.count:,} × {names}" if once else f"{self.count:,} events: {names}"

    @property
    def remark(self) -> str:
        """Return what the headline must not leave out, in few words."""
        return few(self.remarks, 1)


def summary_of(alert: Alert, accounts: Mapping[str, str]) -> Summary | None:
    """Summarise an alert; None where one of its events is no CloudTrail record."""
    facts = _facts(alert, accounts)
    if facts is None:
        return None
    remarks = _each_once(fact.remark for fact, _ in facts)
    named = [(_kind(fact, remarks), fact, match) for fact, match in facts]
    kinds: dict[str, list[tuple[Facts, Match]]] = {}
    for name, fact, match in named:
        kinds.setdefault(name, []).append((fact, match))
    by_size = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    sample, sample_match = by_size[0][1][0]
    lines = by_size
    if len(facts) <= MOST_GROUPS:
        lines = [(name, [(fact, match)]) for name, fact, match in named]
    regions = _each_once(fact.region for fact, _ in facts)
    return Summary(
        count=len(facts),
        first=facts[0][0].time,
        last=facts[-1][0].time,
        actor=_actor([fact for fact, _ in facts]),
        who=_shared(facts, lambda fact: fact.who)
        or few(_each_once(fact.actor for fact, _ in facts)),
        who_notes=_shared(facts, lambda fact: fact.who_notes),
        account=_shared(facts, lambda fact: fact.account),
        place=_place([fact for fact, _ in facts], regions),
        sources=_each_once(fact.source for fact, _ in facts),
        agent=_shared(facts, lambda fact: fact.agent),
        target=_target(facts),
        regions=regions,
        remarks=remarks,
        notes=_each_once(note for fact, _ in facts for note in fact.notes),
        events=tuple(dict.fromkeys(members[0][0].event for _, members in by_size)),
        groups=tuple(_group(name, members) for name, members in lines[:MOST_GROUPS]),
        group_count=len(lines),
        sample=sample,
        sample_match=sample_match,
    )


def _facts(alert: Alert, accounts: Mapping[str, str]) -> list[tuple[Facts, Match]] | None:
    """Read the facts of every match, in the order of their times; None where one is no record."""
    facts: list[tuple[Facts, Match]] = []
    for match in alert.matches:
        record = read_record(match.event.message)
        if record is None:
            return None
        facts.append((facts_of(record, match.event, accounts), match))
    # Calls of the same second stand in the order of their file.
    facts.sort(key=lambda pair: (pair[0].time, *_spot(pair[1])))
    return facts


def _kind(fact: Facts, remarks: Sequence[str]) -> str:
    """Name what a record did, with its error where not all of an alert failed alike."""
    return f"{fact.event}: {fact.error}" if fact.failed and len(remarks) > 1 else fact.event


def _spot(match: Match) -> tuple[str, int]:
    return match.event.origin.path, match.event.origin.position


def _shared(facts: Iterable[tuple[Facts, Match]], of: Callable[[Facts], str]) -> str:
    """Return what all records have in common, else nothing."""
    values = {of(fact) for fact, _ in facts}
    return values.pop() if len(values) == 1 else ""


def _target(facts: Sequence[tuple[Facts, Match]]) -> str:
    """Return what all records acted on, by its name where only some give the whole ARN."""
    whole = _shared(facts, lambda fact: fact.target)
    return whole or _shared(facts, lambda fact: short_name(fact.target))


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    """Return each value once, the most frequent first."""
    return tuple(value for value, _ in Counter(filter(None, values)).most_common())


def _actor(facts: Sequence[Facts]) -> str:
    """Name the one who acted, or say how many they were."""
    actors, roles = {fact.actor for fact in facts}, {fact.role for fact in facts}
    if len(actors) == 1:
        return actors.pop()
    if len(roles) == 1:
        return f"{roles.pop()} ({plural(len(actors), 'session')})"
    return plural(len(roles), "actor")


def _place(facts: Sequence[Facts], regions: Sequence[str]) -> str:
    """Name account and region, such as ``prod · us-east-1``, or say how many they were."""
    accounts = {fact.account_name or fact.account for fact in facts}
    account = accounts.pop() if len(accounts) == 1 else plural(len(accounts), "account")
    region = plural(len(regions), "region") if len(regions) > 1 else "".join(regions)
    return " · ".join(filter(None, (account, region)))


def _group(name: str, members: Sequence[tuple[Facts, Match]]) -> Group:
    """Make a line of matches that did the same, in the order of their times."""
    return Group(
        name,
        len(members),
        members[0][0].time,
        members[-1][0].time,
        _shared(members, lambda fact: short_name(fact.target)),
        members[0][0],
    )
