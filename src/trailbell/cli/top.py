"""``trailbell top``: what makes the volume."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.inputs import EventReader, complete_files, form_option, total_size
from trailbell.cli.options import config_option, rules_option
from trailbell.cli.progress import reading_bar
from trailbell.cli.times import TimeType
from trailbell.clock import SystemClock
from trailbell.configuration import find_configuration
from trailbell.durations import format_duration
from trailbell.engine import Engine
from trailbell.model import Severity
from trailbell.preview import one_line, printable
from trailbell.record import in_range, utc_day
from trailbell.render.words import plural
from trailbell.sources.files import find
from trailbell.suggestion import Suggestion, suggestion_for
from trailbell.volume import FACETS, Row, Volume

BATCH = 1_000
WIDTH = 24
"""Characters of the longest bar."""
LONGEST_VALUE = 64


@dataclass(frozen=True, slots=True)
class Found:
    """Hold what a look at the input gave."""

    volume: Volume
    alerts: int
    suggestion: Suggestion | None


@click.command(short_help="Show what makes the volume, and how to lower it.")
@click.argument(
    "sources", nargs=-1, required=True, metavar="SOURCE...", shell_complete=complete_files
)
@config_option
@rules_option
@click.option("--since", type=TimeType(), help="Leave out events before: 2026-03-14T02:00Z, 24h.")
@click.option("--until", type=TimeType(), help="Leave out events from this time on.")
@form_option
@click.option(
    "-n",
    "most",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="How many of each to show.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with all of each.")
def top(  # noqa: PLR0913  one parameter for each option
    *,
    sources: tuple[str, ...],
    config: Path | None,
    rules: tuple[str, ...],
    since: int | None,
    until: int | None,
    form: str | None,
    most: int,
    as_json: bool,
) -> int:
    """Show which rules, actors, accounts, source addresses and errors make the volume.

    Reads what "trailbell run" reads, and counts as it does, stories, exceptions and thresholds
    included; nothing is sent or stored. For the loudest rule an exception is suggested, to be
    pasted into trailbell.toml if it is right.

    \b
    Example:
      trailbell top --rules cis ./AWSLogs
    """
    clock = SystemClock()
    configuration = find_configuration(config, Path())
    loaded = [rule for pack in configuration.load_rules(rules) for rule in pack.rules]
    started = int(clock.now() * 1000)
    volume = Volume(started, configuration.window, configuration.longest)
    reader = EventReader(form)
    files = list(find(sources))
    with reading_bar(Console(stderr=True, highlight=False), total_size(files)) as bar:
        events = (
            event
            for event in reader.events(file.watched(bar.advance) for file in files)
            if in_range(event, since, until, started)
        )
        volume.watch(Engine(loaded), events)
    alerts = volume.settle()
    found = Found(volume, alerts, suggestion_for(volume, utc_day(clock.now())))
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=2))
    else:
        print_all(*_shown(found, most))
    return Exit.UNREADABLE if reader.unreadable else Exit.OK


def _shown(found: Found, most: int) -> Iterator[RenderableType]:
    """Give what a person reads: the whole, a table for each facet, what to do."""
    volume = found.volume
    yield Text(_headline(found))
    if not volume.sights:
        return
    for name in FACETS:
        rows = volume.rows(name)
        yield ""
        yield _table(name, rows[:most], max(row.matches for row in rows))
        if len(rows) > most:
            yield Text(f"and {len(rows) - most:,} more", "dim")
    yield from _suppressed(volume)
    yield from _advice(found)


def _headline(found: Found) -> str:
    """Say what was read, and what would become of it."""
    volume = found.volume
    suppressed = sum(sight.cause is not None for sight in volume.sights)
    parts = [
        plural(volume.events, "event"),
        plural(len(volume.sights), "match"),
        plural(found.alerts, "alert"),
    ]
    if suppressed:
        parts.append(f"{suppressed:,} suppressed")
    if volume.duplicates:
        parts.append(f"{volume.duplicates:,} twice in the input")
    return ", ".join(parts) + _span(volume)


def _span(volume: Volume) -> str:
    """Say when the first match was, and how long after it the last."""
    if not volume.sights:
        return ""
    first, last = (pick(sight.time for sight in volume.sights) for pick in (min, max))
    begun = datetime.fromtimestamp(first / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"; within {format_duration(timedelta(milliseconds=last - first))} from {begun}"


def _table(name: str, rows: list[Row], longest: int) -> Table:
    """Draw rows as bars: what rings solid, what is suppressed light."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column(name, overflow="fold")
    table.add_column("", no_wrap=True)
    held_back = any(row.suppressed for row in rows)
    for heading in ("matches", "alerts", *(["suppressed"] if held_back else [])):
        table.add_column(heading, justify="right")
    for row in rows:
        shown = [row.matches, row.alerts, *([row.suppressed] if held_back else [])]
        value = Text(one_line(row.value, LONGEST_VALUE))
        table.add_row(
            value, _bar(row, longest), *(f"{count:,}" if count else "" for count in shown)
        )
    return table


def _bar(row: Row, longest: int) -> Text:
    """Draw a bar; what is there at all has a length."""
    whole = max(1, round(WIDTH * row.matches / longest))
    light = min(whole, round(whole * row.suppressed / row.matches))
    return Text.assemble(("█" * (whole - light), "green"), ("░" * light, "dim"))


def _suppressed(volume: Volume) -> Iterator[RenderableType]:
    """Say what was suppressed, by which rule's exception or threshold, and why."""
    found = volume.suppressed()
    if not found:
        return
    yield ""
    table = Table("suppressed", box=None, header_style="dim", pad_edge=False)
    table.add_column("rule", overflow="fold")
    table.add_column("matches", justify="right")
    table.add_column("why", overflow="fold")
    for cause, count in found:
        said = f"{cause.name}: {cause.why}" if cause.name else cause.why
        table.add_row(cause.reason.value, cause.rule, f"{count:,}", Text(printable(said)))
    yield table


def _advice(found: Found) -> Iterator[RenderableType]:
    """Suggest an exception for the loudest rule, where there is one to suggest."""
    one = found.suggestion
    if one is None:
        return
    share = (
        f"all of its {one.of_matches:,} matches are"
        if one.matches == one.of_matches
        else f"{one.matches:,} of its {one.of_matches:,} matches,"
        f" and {one.alerts:,} of its {one.of_alerts:,} alerts, are"
    )
    yield Text(
        f"\n{one.rule.name} could be quieter: {share} of one {one.facet_words}."
        " If they are expected, say why and paste this into trailbell.toml; they are counted from"
        " then on, and not sent:\n"
    )
    yield Text(one.text.rstrip("\n"), "cyan")
    if one.rule.severity in (Severity.HIGH, Severity.CRITICAL):
        yield Text(f"\nThe rule's severity is {one.rule.severity}: be sure first.", "yellow")


def _as_json(found: Found) -> dict[str, object]:
    """Return what scripts get."""
    one = found.suggestion
    return {
        "events": found.volume.events,
        "matches": len(found.volume.sights),
        "duplicates": found.volume.duplicates,
        "alerts": found.alerts,
        **{
            name.replace(" ", "_"): [asdict(row) for row in found.volume.rows(name)]
            for name in FACETS
        },
        "suppressions": [cause.counted(count) for cause, count in found.volume.suppressed()],
        "suggestion": one
        and {
            "rule": one.rule.name,
            "values": {one.facet: [one.value]},
            "matches": one.matches,
            "alerts": one.alerts,
            "text": one.text,
        },
    }
