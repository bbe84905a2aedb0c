"""``trailbell status``: what the store holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.options import store_option
from trailbell.clock import SystemClock
from trailbell.counts import Reason
from trailbell.preview import one_line
from trailbell.render.words import plural
from trailbell.store import Owed, PastRun, Store, Suppressed, Tally

MOST_OWED = 20
"""Alerts that are named one by one where people read; ``--json`` names all."""
MOST_CAUSES = 20
"""Causes of suppression that are named likewise."""
LONGEST_NAME = 100
LONGEST_WHY = 150

_STATES = {"held": "below threshold"}


@dataclass(frozen=True, slots=True)
class Holding:
    """Hold what there is to tell about a store."""

    path: Path
    exists: bool
    last_run: PastRun | None
    tallies: Sequence[Tally]
    owed: Sequence[Owed]
    suppressions: Sequence[Suppressed]
    mutes: int


@click.command(short_help="Show what was delivered and what is owed.")
@store_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(store: Path, *, as_json: bool) -> int:
    """Show what was delivered, what was suppressed and why, and what is still owed.

    The exit status is 4 where something is owed. What was suppressed is kept for 30 days.

    \b
    Example:
      trailbell status
    """
    with Store(store, SystemClock(), readonly=True) as held:
        holding = Holding(
            store,
            store.exists(),
            held.last_run(),
            held.tallies(),
            held.owed_alerts(),
            held.suppressions(),
            len(held.mutes.holding()),
        )
        waiting = held.count_owed()
    if as_json:
        click.echo(_as_json(holding))
    else:
        print_all(*_lines(holding))
    return Exit.OWED if waiting else Exit.OK


def _as_json(holding: Holding) -> str:
    """Return what the store holds as one JSON object; times are seconds since the epoch."""
    run = holding.last_run
    report = json.loads(run.report) if run and run.report else None
    return json.dumps(
        {
            "store": str(holding.path),
            "last_run": {"started": run.started, "ended": run.ended, "counts": report}
            if run
            else None,
            "destinations": [asdict(tally) for tally in holding.tallies],
            "suppressions": [_cause_as_json(one) for one in holding.suppressions],
            "mutes": holding.mutes,
            "owed": [
                {"alert" if name == "id" else name: value for name, value in asdict(owed).items()}
                for owed in holding.owed
            ],
        }
    )


def _cause_as_json(one: Suppressed) -> dict[str, object]:
    """Return what scripts get of a cause, by the names of a run's report."""
    return {**one.cause.counted(one.matches), "last": one.last}


def _lines(holding: Holding) -> Iterator[RenderableType]:
    """Yield what a person reads, the most pressing last."""
    if not holding.exists:
        yield Text(f"no store at {holding.path} yet; trailbell run makes it")
        return
    yield Text(f"store     {holding.path}")
    run = holding.last_run
    if run:
        cut_short = "" if run.ended else ", did not end: the next run takes up what it left"
        yield Text(f"last run  {_shown(run.started)}{cut_short}")
        # The store keeps no row of what is too old, since an archive is full of that.
        too_old = json.loads(run.report or "{}").get("suppressed", {}).get(Reason.TOO_OLD, 0)
        if too_old:
            matches = plural(too_old, "match")
            yield Text(f"too old   {matches} of that run: older than 24 hours; --since sends them")
    if holding.mutes:
        yield Text(f"muted     {plural(holding.mutes, 'mute')}: trailbell mutes shows what")
    if holding.tallies:
        yield ""
        yield _tally_table(holding.tallies)
    if holding.suppressions:
        yield Text("\nsuppressed, and not sent:", "dim")
        yield _cause_table(holding.suppressions[:MOST_CAUSES])
    if len(holding.suppressions) > MOST_CAUSES:
        yield Text(f"and {plural(len(holding.suppressions) - MOST_CAUSES, 'more line')}")
    if holding.owed:
        yield Text("\nowed, and sent first by the next run:", "red")
        yield _owed_table(holding.owed[:MOST_OWED])
    if len(holding.owed) > MOST_OWED:
        yield Text(f"and {plural(len(holding.owed) - MOST_OWED, 'more alert')}")


def _tally_table(tallies: Sequence[Tally]) -> Table:
    """Return how many matches of each destination stand in which state."""
    table = Table("destination", "state", box=None, header_style="dim", pad_edge=False)
    table.add_column("matches", justify="right")
    table.add_column("last")
    for tally in tallies:
        state = Text(_STATES.get(tally.state, tally.state), "red" if tally.state == "owed" else "")
        table.add_row(tally.destination, state, f"{tally.matches:,}", _shown(tally.last))
    return table


def _cause_table(suppressions: Sequence[Suppressed]) -> Table:
    """Return how many matches of a rule were suppressed, why, and when last."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("matches", justify="right")
    table.add_column("rule", overflow="fold")
    table.add_column("why", overflow="fold")
    for one in suppressions:
        cause = one.cause
        # A mute of the rule itself is called after it.
        told = cause.name in {"", f"rule {cause.rule}"}
        name = "" if told else f", {one_line(cause.name, LONGEST_NAME)}"
        why = f"{cause.reason}{name}: {one_line(cause.why, LONGEST_WHY)}; last {_shown(one.last)}"
        rule = Text(one_line(cause.rule, LONGEST_NAME))
        table.add_row(f"{one.matches:,}", rule, Text(why))
    return table


def _owed_table(alerts: Sequence[Owed]) -> Table:
    """Return the alerts that are owed, each with the reason of its last attempt."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("alert", no_wrap=True)
    table.add_column("rule", overflow="fold")
    table.add_column("to", overflow="fold")
    table.add_column("matches", justify="right")
    table.add_column("attempts", justify="right")
    table.add_column("why", overflow="fold")
    for owed in alerts:
        why = owed.reason or "not tried yet"
        texts = map(Text, (owed.id, owed.rule, owed.destination))
        table.add_row(*texts, f"{owed.matches:,}", f"{owed.attempts:,}", Text(why))
    return table


def _shown(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
