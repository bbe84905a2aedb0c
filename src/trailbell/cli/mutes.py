"""``trailbell mutes``: what is muted, by whom, why, and for how much longer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.muting import (
    LONGEST_REASON,
    shown_length,
    shown_time,
    shown_what,
)
from trailbell.cli.options import store_option
from trailbell.clock import SystemClock
from trailbell.mutes import LONGEST_OWNER, Mute
from trailbell.preview import one_line
from trailbell.render.words import plural
from trailbell.store import Store

SHOWN_DAYS = 7
"""Days for which a mute that has ended is listed."""


@click.command(short_help="Show what is muted, and for how much longer.")
@store_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def mutes(store: Path, *, as_json: bool) -> int:
    """Show what is muted, by whom, why and until when, and how many matches that kept back.

    Mutes that ended in the last seven days are listed as well.

    \b
    Example:
      trailbell mutes
    """
    clock = SystemClock()
    with Store(store, clock, readonly=True) as held:
        kept = held.mutes.all()
    now = clock.now()
    listed = [mute for mute in kept if mute.ended > now - SHOWN_DAYS * 86_400]
    if as_json:
        click.echo(json.dumps([_as_json(mute, now) for mute in listed], indent=2))
    elif listed:
        print_all(_table(listed, now))
    else:
        click.echo("nothing is muted")
    return Exit.OK


def _as_json(mute: Mute, now: float) -> dict[str, object]:
    """Return what scripts get of a mute; times are seconds since the epoch."""
    state = "holds" if mute.holds(now) else "ended" if mute.lifted is None else "lifted"
    return {**asdict(mute), "state": state}


def _table(listed: Sequence[Mute], now: float) -> Table:
    """Return some lines for each mute, beside its id; what has ended is dim."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for mute in listed:
        lines = "\n".join(_lines(mute, now))
        table.add_row(mute.id, Text(lines), style="" if mute.holds(now) else "dim")
    return table


def _lines(mute: Mute, now: float) -> Iterator[str]:
    """Give the lines of a mute: what, until when, and who wanted it why."""
    yield shown_what(mute)
    muted = f"{plural(mute.matches, 'match')} muted"
    yield f"until {shown_time(mute.until)}, {_state(mute, now)}; {muted}"
    by = one_line(mute.owner, LONGEST_OWNER)
    yield f"by {by} since {shown_time(mute.since)}: {one_line(mute.reason, LONGEST_REASON)}"


def _state(mute: Mute, now: float) -> str:
    """Say how much longer a mute holds, or how and how long ago it ended."""
    if mute.holds(now):
        return f"ends in {shown_length(mute.until - now)}"
    ago = f"{shown_length(now - mute.ended)} ago"
    if mute.lifted is None:
        return f"ended {ago}"
    return f"lifted {ago} by {one_line(mute.lifted_by, LONGEST_OWNER)}"
