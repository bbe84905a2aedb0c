"""Alerts as a terminal shows them: the same facts as in Slack, and the whole record.

Everything is put into ``Text``, which reads no markup, after control characters are taken out:
log content cannot colour, move or hide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.highlighter import JSONHighlighter
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trailbell.durations import format_duration
from trailbell.model import Alert, Clause, Severity
from trailbell.preview import one_line
from trailbell.render.actors import NO_MFA
from trailbell.render.facts import iso_time
from trailbell.render.json_text import pretty_json, record_value
from trailbell.render.log_text import fitting, readable
from trailbell.render.summary import Summary, summary_of
from trailbell.render.words import (
    clause_lines,
    few,
    in_log_order,
    is_of_events,
    lasting,
    meaning_of,
    ordinal,
    patterns_of,
    place_of,
    plural,
    positions_of,
    times_of,
)

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
LONGEST_LOG_EVENTS = 100_000
"""Characters of log events that are shown of one alert; nobody reads on from there."""
_PIECE = 500


class TerminalMessages:
    """Make terminal output of alerts; ``accounts`` maps account ids to the names people use.

    ``whole`` tells whether an alert shows its record, and the link to it; all do unless it says
    otherwise.
    """

    def __init__(
        self, accounts: Mapping[str, str], whole: Callable[[Alert], bool] = lambda _: True
    ) -> None:
        self._accounts = accounts
        self._whole = whole

    def __call__(self, alert: Alert) -> RenderableType:
        """Return what a console prints for an alert."""
        summary = summary_of(alert, self._accounts)
        if summary is None:
            return _log_alert(alert)
        return _record_alert(alert, summary, whole=self._whole(alert))


def _record_alert(alert: Alert, summary: Summary, *, whole: bool) -> RenderableType:
    """Show one record, or a story of several with one of them whole."""
    facts = summary.sample
    parameters = facts.parameters if summary.count == 1 and not whole else ()
    rows = [
        ("who", _stressed(_who(summary), NO_MFA)),
        ("outcome", Text(facts.outcome, "red" if facts.failed else "green")),
        ("from", _joined((few(summary.sources), summary.agent))),
        ("when", Text(_when(summary.first, summary.last))),
        ("target", Text(summary.target)),
        ("account", _joined((facts.account_name, summary.account, few(summary.regions)))),
        ("note", Text("; ".join(summary.notes))),
        ("matched", _clauses(summary.sample_match.clauses)),
        ("request", Text("\n".join(f"{name} = {value}" for name, value in parameters))),
        ("did", _groups(summary) if summary.group_count > 1 else Text()),
        ("open", Text(facts.event_link or "", "blue") if whole else Text()),
    ]
    headline = Text(f"{summary.what} by {summary.actor}", "bold")
    if summary.remark:
        headline.append(f" – {summary.remark}", "red")
    body = [_Record(record_value(summary.sample_match.event.message))] if whole else []
    # What a rule means has been said where it rang before.
    meaning = _meaning(alert) if whole or alert.number == 1 else []
    said = Text(one_line(alert.rule.title or alert.rule.name, 150), "italic")
    place = one_line(place_of(summary.sample_match.event), WIDTH)
    return _framed(alert, headline, [said, *meaning, _facts_of(rows), *body], place)


def _log_alert(alert: Alert) -> RenderableType:
    """Show events as they stand in the log."""
    matches = in_log_order(alert)
    origin = matches[0].event.origin
    times = times_of(matches)
    rows = [
        ("log group", Text(one_line(origin.log_group, WIDTH))),
        ("stream", Text(one_line(origin.log_stream, WIDTH))),
        ("file", Text("" if origin.log_group else one_line(origin.path, WIDTH))),
        ("line", Text("" if times or not origin.position else positions_of(matches))),
        ("when", Text(_when(*times) if times else "")),
        ("matched", _clauses(matches[0].clauses)),
    ]
    shown = [readable(match.event.message) for match in matches[:MOST_LOG_EVENTS]]
    text, number = fitting(shown, LONGEST_LOG_EVENTS)
    body = Text(text)
    left = len(matches) - number
    if left:
        body.append(f"\n+ {plural(left, 'more event')}", "dim")
    headline = Text(one_line(alert.rule.title or alert.rule.name, 150), "bold")
    if is_of_events(alert):
        headline.append(f" – {plural(len(matches), 'log event')}", "not bold")
    return _framed(alert, headline, [*_meaning(alert), _facts_of(rows), body])


def _framed(
    alert: Alert, headline: Text, parts: Sequence[RenderableType], place: str = ""
) -> RenderableType:
    """Put the parts of an alert under its headline, and the small print under them."""
    rule = alert.rule
    held = patterns_of(alert)
    small = [f"rule {rule.name}{held and f' ({held})'}", f"alert {alert.id}", place]
    if alert.number > 1:
        small.append(f"{ordinal(alert.number)} of this rule in 24 h")
    if rule.threshold:
        within = format_duration(rule.threshold.within)
        small.append(f"threshold {rule.threshold.count} in {within}")
    if rule.runbook:
        small.append(rule.runbook)
    head = Table.grid(padding=(0, 1))
    head.add_row(Text(f" {rule.severity.upper()} ", STYLES[rule.severity]), headline)
    inner = Group(*parts, Text(" · ".join(filter(None, small)), "dim"))
    return Group(head, Padding(inner, (0, 0, 1, 2)))


def _meaning(alert: Alert) -> list[Text]:
    """Return what the rule says of its matches, where it says anything."""
    meaning = one_line(meaning_of(alert.rule), 300)
    return [Text(meaning, "dim")] if meaning else []


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


def _who(summary: Summary) -> str:
    return f"{summary.who} ({summary.who_notes})" if summary.who_notes else summary.who


def _stressed(text: str, words: str) -> Text:
    """Return a text in which some words stand out."""
    shown = Text(text)
    shown.highlight_words([words], "bold red")
    return shown


def _when(first: int, last: int) -> str:
    """Return one time, or the first and the last, both in milliseconds since the epoch."""
    begun, ended = iso_time(first), iso_time(last)
    lasted = lasting(first, last)
    if not lasted:
        return begun
    day, _, clock = ended.partition(" ")
    begun = begun.removesuffix(" UTC")
    return f"{begun} to {clock if begun.startswith(day) else ended} ({lasted})"


def _clauses(clauses: Sequence[Clause]) -> Text:
    """Return the clauses that held, a line each, with what they found."""
    text = Text()
    for number, (clause, value) in enumerate(clause_lines(clauses)):
        text.append("\n" if number else "")
        text.append(clause, "cyan")
        text.append(f"  found {value}" if value else "", "dim")
    return text


def _groups(summary: Summary) -> Text:
    """Return what was done, to what: each with its time, or how often."""
    lines = []
    for group in summary.groups:
        to = "" if summary.target else f"  {group.target}"
        begun = iso_time(group.first)[11:19]
        lines.append(f"{begun if group.count == 1 else f'{group.count:,} ×'} {group.name}{to}")
    left = summary.group_count - len(summary.groups)
    return Text("\n".join(lines + ([f"+ {left:,} more"] if left else [])))


class _Record:
    """Show a record as JSON in colours, as wide as the terminal is."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, WIDTH)
        record = pretty_json(self._value, width)
        if len(record) <= LONGEST_COLOURED:
            text = Text(record)
            JSONHighlighter().highlight(text)
            yield text
        else:
            yield from _pieces(record, width)


def _pieces(text: str, width: int) -> Iterator[Text]:
    """Yield a long text in pieces: for every line of one, rich copies the rest of it."""
    lines = [
        line[start : start + width]
        for line in text.split("\n")
        for start in range(0, max(1, len(line)), width)
    ]
    for start in range(0, len(lines), _PIECE):
        yield Text("\n".join(lines[start : start + _PIECE]))
