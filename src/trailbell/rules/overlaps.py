"""Find rules, and patterns of a rule, that another makes needless."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from trailbell.model import Rule, Severity
from trailbell.pattern.implies import implies
from trailbell.preview import preview
from trailbell.rules.complaint import Complaint, Level
from trailbell.rules.pack import Entry


def overlaps(entries: Sequence[Entry]) -> Iterator[Complaint]:
    """Find rules all of whose matches are matched by another rule that runs.

    Of two that match the same, the later one is named.
    """
    running = [entry for entry in entries if entry.enabled]
    covered = {
        (one, other)
        for one, other in permutations(range(len(running)), 2)
        if _covers(running[other].rule, running[one].rule)
    }
    for one, other in sorted(covered):
        same = (other, one) in covered
        if not same or other < one:
            yield _overlap(running[one], running[other], same=same)


def needless_patterns(entry: Entry) -> Iterator[Complaint]:
    """Find patterns of a rule that match nothing which another of its patterns does not match."""
    named = entry.rule.patterns
    implied = {
        (one, other)
        for one, other in permutations(range(len(named)), 2)
        if implies(named[one].compiled, named[other].compiled)
    }
    for one, other in sorted(implied):
        same = (other, one) in implied
        if same and other > one:
            continue
        says = "means the same as" if same else "adds nothing, since all of it is matched by"
        yield Complaint(
            Level.FINDING,
            "needless-pattern",
            entry.place,
            entry.rule.name,
            f"{says} the pattern {preview(named[other].name)}; leave it out",
            part=f"pattern {preview(named[one].name)}",
        )


def _covers(rule: Rule, other: Rule) -> bool:
    """Say whether a rule's patterns match all that another's match."""
    return all(
        any(implies(one.compiled, wanted.compiled) for wanted in rule.any_of)
        for one in other.any_of
    )


def _overlap(entry: Entry, other: Entry, *, same: bool) -> Complaint:
    """Say that a rule's matches are another's too."""
    rule, name = entry.rule, f'"{other.rule.name}" ({other.place})'
    says = (
        f"matches the same events as {name}"
        if same
        else f"every event that it matches is matched by {name} too"
    )
    # What the other holds back, or tells less loudly, may be just what this rule is for.
    apart = _hold_back(other.rule, rule)
    if not apart and not same and _loudness(other.rule) < _loudness(rule):
        apart = f"only the severity {other.rule.severity}"
    return Complaint(
        Level.NOTE if apart else Level.FINDING,
        "overlap",
        entry.place,
        rule.name,
        f"{says}, which has {apart}" if apart else f"{says}; disable one of them",
    )


def _loudness(rule: Rule) -> int:
    """Return a greater number for a more severe rule."""
    return list(Severity).index(rule.severity)


def _hold_back(rule: Rule, other: Rule) -> str:
    """Say what keeps a rule silent, or lets it ring elsewhere, where another rings; else empty."""
    if rule.threshold and (rule.threshold, rule.group_by) != (other.threshold, other.group_by):
        return "a threshold of its own"
    if rule.route != other.route:
        return "a route of its own"
    return "exceptions of its own" if set(rule.exceptions) - set(other.exceptions) else ""
