"""Words that Slack and the terminal share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from trailbell.durations import format_duration
from trailbell.model import Alert, Clause, LogEvent, Match, Rule
from trailbell.notices import INVALID_RULE
from trailbell.preview import one_line

MOST_NAMES = 3
"""Names that are listed one by one where there may be any number of them."""


def clause_lines(clauses: Sequence[Clause]) -> list[tuple[str, str]]:
    """Return each clause that decided, with what it found where that says more.

    A clause that names its value exactly says it already.
    """
    lines = []
    for clause in clauses:
        values = [value for value in clause.selected if value.strip('"') not in clause.text]
        lines.append((clause.text, one_line(", ".join(values), 150)))
    return lines


def few(values: Sequence[str], most: int = MOST_NAMES) -> str:
    """List the first of some values, and say how many more there are."""
    left = len(values) - most
    return ", ".join(values[:most]) + (f" and {left:,} more" if left > 0 else "")


def patterns_of(alert: Alert) -> str:
    """Name the patterns that held, of a rule with several: ``stopped, deleted and 2 more``."""
    names = [name for name, _ in Counter(match.pattern for match in alert.matches).most_common()]
    return few([one_line(name, 80) for name in names if name])


def meaning_of(rule: Rule) -> str:
    """Return the first paragraph of a rule's description: what it means, and what to do first.

    Further paragraphs are for who reads the rule, not for who is woken by it.
    """
    return rule.description.partition("\n\n")[0]


def is_of_events(alert: Alert) -> bool:
    """Tell whether an alert is of log events, and not of a rule that does not run."""
    return alert.rule.name != INVALID_RULE


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 event``, ``2,000 events``, ``3 matches``."""
    ending = "es" if noun.endswith("ch") else "s"
    return f"{number:,} {noun}{'' if number == 1 else ending}"


def ordinal(number: int) -> str:
    """Return a number as a place in a row: ``1st``, ``22nd``, ``113th``."""
    teens = number % 100 in (11, 12, 13)
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def place_of(event: LogEvent) -> str:
    """Say where an event stands, for a reader who wants to find it again."""
    origin = event.origin
    if origin.log_group:
        return " ".join(filter(None, (origin.log_group, origin.log_stream)))
    return f"{origin.path}:{origin.position}" if origin.position else origin.path


def lasting(first: int, last: int) -> str:
    """Say how long it was between two times in milliseconds, as their seconds are shown.

    Empty where they are in the same second.
    """
    seconds = last // 1000 - first // 1000
    return format_duration(timedelta(seconds=seconds)) if seconds else ""


def in_log_order(alert: Alert) -> list[Match]:
    """Return the matches as they stand in the log; lines of a file have no time of their own."""
    return sorted(
        alert.matches,
        key=lambda match: (
            match.event.timestamp or 0,
            match.event.origin.path,
            match.event.origin.position,
        ),
    )


def positions_of(matches: Sequence[Match], most: int = 8) -> str:
    """List the lines of a file that matches are about: ``3, 7, 12 and 4 more``."""
    numbers = [f"{match.event.origin.position:,}" for match in matches]
    more = f" and {len(numbers) - most:,} more" if len(numbers) > most else ""
    return ", ".join(numbers[:most]) + more


def times_of(matches: Sequence[Match]) -> tuple[int, int] | None:
    """Return first and last time of matches that came through a log group, else None.

    A line of a file carries none of its own.
    """
    times = [match.event.timestamp or 0 for match in matches]
    return (min(times), max(times)) if matches[0].event.origin.log_group else None
