"""``trailbell status``: what the store holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trailbell.cli.exits import Exit
from trailbell.cli.run import default_store
from trailbell.clock import SystemClock
from trailbell.store import Store

MOST_OWED = 20


@click.command()
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The store to look into.  [default: in the user's state folder]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(store: Path | None, *, as_json: bool) -> int:
    """Show what was delivered and what is still owed, and why; exits with 4 where something is.

    \b
    Example:
      trailbell status
    """
    path = store or default_store()
    if not path.exists():
        click.echo(
            json.dumps({"store": str(path), "destinations": [], "owed": []})
            if as_json
            else f"no store at {path} yet; trailbell run makes it"
        )
        return Exit.OK
    with Store(path, SystemClock()) as held:
        tallies, owed, runs = held.tallies(), held.owed_alerts(), held.last_runs(1)
        waiting = held.count_owed()
    if as_json:
        content = {
            "store": str(path),
            "destinations": [
                {"destination": one.destination, "state": one.state, "matches": one.matches}
                for one in tallies
            ],
            "owed": [
                {
                    "alert": one.id,
                    "destination": one.destination,
                    "matches": one.matches,
                    "attempts": one.attempts,
                    "reason": one.reason,
                }
                for one in owed
            ],
        }
        click.echo(json.dumps(content))
        return Exit.OWED if waiting else Exit.OK
    console = Console(highlight=False)
    console.print(f"store {path}", markup=False)
    if runs:
        console.print(f"last run {_shown(runs[0][0])}", markup=False)
    table = Table("destination", "state", "matches", "last", box=None, header_style="dim")
    for one in tallies:
        table.add_row(one.destination, one.state, f"{one.matches:,}", _shown(one.last))
    console.print(table)
    for late in owed[:MOST_OWED]:
        why = f", last: {late.reason}" if late.reason else ""
        console.print(
            Text(
                f"owed to {late.destination}: alert {late.id}, {late.matches:,} matches,"
                f" {late.attempts} attempts{why}",
                "red",
            )
        )
    if len(owed) > MOST_OWED:
        console.print(f"and {len(owed) - MOST_OWED:,} more alerts")
    return Exit.OWED if waiting else Exit.OK


def _shown(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
