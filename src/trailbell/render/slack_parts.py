"""The parts that every Slack layout has: how loud, which rule, why, and the small print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trailbell.durations import format_duration
from trailbell.model import Alert, Clause, Severity
from trailbell.render import blocks as slack
from trailbell.render.blocks import Block
from trailbell.render.escape import clock, code, date, link, plain
from trailbell.render.facts import iso_time
from trailbell.render.words import clause_lines, lasting, meaning_of, ordinal, patterns_of

LAMPS = {
    Severity.CRITICAL: ":rotating_light:",
    Severity.HIGH: ":red_circle:",
    Severity.MEDIUM: ":large_orange_circle:",
    Severity.LOW: ":large_yellow_circle:",
    Severity.INFO: ":large_blue_circle:",
}
MOST_CLAUSES = 5
LONGEST_DESCRIPTION = 300
HALF_A_DAY = 12 * 3_600 * 1_000  # milliseconds


def lamp(alert: Alert) -> str:
    """Return the sign for how loud an alert is."""
    return LAMPS[alert.rule.severity]


def rule_lines(alert: Alert) -> str:
    """Return what the rule says: its title, and what it means."""
    rule = alert.rule
    title = f"*{plain(rule.title or rule.name, 150)}*"
    description = plain(meaning_of(rule), LONGEST_DESCRIPTION)
    return f"{title}\n{description}" if description else title


def when(first: int, last: int) -> str:
    """Show a time, or two, in the zone of whoever reads; both in milliseconds since the epoch."""
    begun = date(first, iso_time(first))
    if not lasting(first, last):
        return begun
    ended = clock(last, iso_time(last)) if last - first < HALF_A_DAY else date(last, iso_time(last))
    return f"{begun} to {ended}"


def why(clauses: Sequence[Clause], parameters: Sequence[tuple[str, str]] = ()) -> list[Block]:
    """Show the clauses that held, with what they found, and the request's key parameters."""
    parts: list[Block] = []
    pieces = [slack.text("Matched ", bold=True)]
    for number, (clause, value) in enumerate(clause_lines(clauses)[:MOST_CLAUSES]):
        pieces += [slack.text(" and ")] if number else []
        pieces.append(slack.text(clause, code=True))
        pieces += [slack.text(" found "), slack.text(value, code=True)] if value else []
    if len(pieces) > 1:
        parts.append(slack.line(*pieces))
    if parameters:
        lines = [
            slack.line(slack.text(f"{name}: "), slack.text(value, code=True))
            for name, value in parameters
        ]
        parts.append(slack.bullets(lines))
    return [slack.rich_text(*parts)] if parts else []


def identity(alert: Alert) -> Iterator[str]:
    """Name rule, severity, alert, threshold and runbook, for the small print."""
    rule = alert.rule
    held = patterns_of(alert)
    yield f"rule {code(rule.name, 90)}{held and f' ({plain(held, 120)})'}"
    yield rule.severity
    yield f"alert `{alert.id}`"
    if alert.number > 1:
        yield f"{ordinal(alert.number)} of this rule in 24 h"
    if rule.threshold:
        yield f"threshold {rule.threshold.count} in {format_duration(rule.threshold.within)}"
    if rule.runbook and len(rule.runbook) <= LONGEST_DESCRIPTION:
        yield link(rule.runbook, "runbook")
