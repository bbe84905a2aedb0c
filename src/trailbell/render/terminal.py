"""Alerts as a terminal shows them: the same facts as in Slack, and the whole record.

Everything is put into ``Text``, which reads no markup, after control characters are taken out:
log content cannot colour, move or hide anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.highlighter import JSONHighlighter
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trailbell.durations import format_duration
from trailbell.model import Alert, Clause, Severity
from trailbell.preview import one_line, printable
from trailbell.render.facts import iso_time
from trailbell.render.json_text import parse_json, pretty_json
from trailbell.render.summary import Summary, summary_of
from trailbell.render.words import clause_lines, meaning_of, ordinal, place_of, plural, positions_of

STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold cyan",
    Severity.INFO: "bold blue",
}
WIDTH = 100
# Nobody looks at the colours of a megabyte, and finding them takes seconds.
LONGEST_COLOURED = 50_000
MOST_LOG_EVENTS = 20


class TerminalMessages:
    """Make terminal output of alerts; ``accounts`` maps account ids to the names people use."""

    def __init__(self, accounts: Mapping[str, str]) -> None:
        self._accounts = accounts

    def __call__(self, alert: Alert) -> RenderableType:
        """Return what a console prints for an alert."""
        summary = summary_of(alert, self._accounts)
        if summary is None:
            return _log_alert(alert)
        return _record_alert(alert, summary)


def _record_alert(alert: Alert, summary: Summary) -> RenderableType:
    """Show one record, or a story of several with one of them whole."""
    facts = summary.sample
    rows = [
        ("who", Text(facts.who)),
        ("outcome", Text(facts.outcome, "red" if facts.failed else "green")),
        ("from", _joined((", ".join(summary.sources[:3]), facts.agent))),
        ("when", Text(_when(summary))),
        ("target", Text(facts.target if summary.count == 1 else "")),
        ("account", _joined((facts.account_name, facts.account, facts.region))),
        ("note", Text("; ".join(facts.notes))),
        ("matched", _clauses(summary.sample_match.clauses)),
        ("did", _groups(summary) if summary.count > 1 else Text()),
        ("open", Text(facts.event_link or "", "blue")),
    ]
    who = facts.actor if summary.actors == 1 else f"{summary.actors} actors"
    record = parse_json(summary.sample_match.event.message)
    return _framed(alert, f"{summary.what} by {who}", _facts_of(rows), _Record(record))


def _log_alert(alert: Alert) -> RenderableType:
    """Show events as they stand in the log."""
    first = alert.matches[0].event
    origin = first.origin
    lines = positions_of(alert) if origin.path and not origin.log_group else ""
    rows = [
        ("log group", Text(one_line(origin.log_group, WIDTH))),
        ("stream", Text(one_line(origin.log_stream, WIDTH))),
        ("file", Text("" if origin.log_group else one_line(origin.path, WIDTH))),
        ("line", Text(lines)),
        ("matched", _clauses(alert.matches[0].clauses)),
    ]
    shown = [printable(match.event.message).rstrip("\n") for match in alert.matches]
    left = len(shown) - MOST_LOG_EVENTS
    body = Text("\n".join(shown[:MOST_LOG_EVENTS]))
    if left > 0:
        body.append(f"\n+ {plural(left, 'more event')}", "dim")
    return _framed(alert, plural(len(shown), "log event"), _facts_of(rows), body)


def _framed(
    alert: Alert, headline: str, facts: RenderableType, body: RenderableType
) -> RenderableType:
    """Put the parts of an alert under its headline."""
    rule = alert.rule
    head = Text.assemble(
        (f" {rule.severity.upper()} ", STYLES[rule.severity]), " ", (headline, "bold")
    )
    small = [f"rule {rule.name}", f"alert {alert.id}", _place(alert)]
    if alert.number > 1:
        small.append(f"{ordinal(alert.number)} of this rule in 24 h")
    if rule.threshold:
        within = format_duration(rule.threshold.within)
        small.append(f"threshold {rule.threshold.count} in {within}")
    if rule.runbook:
        small.append(rule.runbook)
    said = Text(one_line(rule.title or rule.name, 150), "italic")
    if rule.description:
        said.append(f"\n{one_line(meaning_of(rule), 300)}", "not italic dim")
    inner = Group(said, facts, body, Text(" · ".join(filter(None, small)), "dim"))
    return Group(head, Padding(inner, (0, 0, 1, 2)))


def _facts_of(rows: Iterable[tuple[str, Text]]) -> Table:
    """Return the facts as two columns; a row without a value is left out."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        if value.plain:
            table.add_row(name, value)
    return table


def _joined(values: Sequence[str]) -> Text:
    return Text("  ".join(filter(None, values)))


def _when(summary: Summary) -> str:
    """Return one time, or the first and the last."""
    first, last = iso_time(summary.first), iso_time(summary.last)
    return first if first == last else f"{first} to {last[11:]}"


def _clauses(clauses: Sequence[Clause]) -> Text:
    """Return the clauses that held, a line each, with what they found."""
    text = Text()
    for number, (clause, value) in enumerate(clause_lines(clauses)):
        text.append("\n" if number else "")
        text.append(clause, "cyan")
        text.append(f"  found {value}" if value else "", "dim")
    return text


def _groups(summary: Summary) -> Text:
    """Return what was done, the most frequent first."""
    lines = [f"{group.count:>5,} × {group.name}" for group in summary.groups]
    left = summary.group_count - len(summary.groups)
    return Text("\n".join(lines + ([f"+ {left:,} more kinds"] if left else [])))


class _Record:
    """Show a record as JSON in colours, as wide as the terminal is."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        text = Text(pretty_json(self._value, min(options.max_width, WIDTH)))
        if len(text) <= LONGEST_COLOURED:
            JSONHighlighter().highlight(text)
        yield text


def _place(alert: Alert) -> str:
    """Say where the shown event stands."""
    return one_line(place_of(alert.matches[0].event), WIDTH)
