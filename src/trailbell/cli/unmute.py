"""``trailbell unmute``: end a mute before its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from trailbell.cli.completers import complete_muted
from trailbell.cli.exits import Exit
from trailbell.cli.muting import owner_option, shown_what, wait_option
from trailbell.cli.options import store_option
from trailbell.clock import SystemClock
from trailbell.errors import ConfigurationError
from trailbell.mutes import Mute, end_words
from trailbell.preview import preview
from trailbell.store import Store

MOST_LISTED = 5
"""Mutes that an error lists."""


@click.command(short_help="End a mute before its time.")
@click.argument("rule", default="", metavar="[ID|RULE]", shell_complete=complete_muted)
@click.option("--actor", default="", metavar="ARN", help="End the mutes of this actor.")
@click.option("--account", default="", metavar="ID", help="End the mutes of this account.")
@owner_option
@store_option
@wait_option
def unmute(*, owner: str, store: Path, wait: float, **named: str) -> int:
    """End a mute before its time, by its id, or every mute that names a rule, actor and account.

    They are named as the mute has them, "*" included. What was muted before is not sent
    afterwards, unless it is read again.

    \b
    Examples:
      trailbell mute root-used --for 2h --reason "break-glass drill"
      trailbell unmute root-used
    """
    if not any(named.values()):
        raise ConfigurationError("nothing to unmute: name an id, a rule, --actor or --account")
    clock = SystemClock()
    given = " and ".join(filter(None, (named[part] for part in ("rule", "actor", "account"))))
    if not store.exists():
        # A name that is spelled wrongly must not make a store.
        raise ConfigurationError(_no_such(given, ()))
    with Store(store, clock, patience=wait) as held, held.batch():
        holding = held.mutes.holding()
        chosen = _chosen(holding, named)
        if not chosen:
            raise ConfigurationError(_no_such(given, holding))
        lifted = [held.mutes.lift(one.id, owner) for one in chosen]
    for one in lifted:
        click.echo(end_words(one, clock.now()))
    return Exit.OK


def _chosen(holding: Sequence[Mute], named: Mapping[str, str]) -> list[Mute]:
    """Return the mutes that are meant: that of the id, else all that have every name given."""
    by_id = [mute for mute in holding if mute.id == named["rule"]]
    return by_id or [
        mute
        for mute in holding
        if all(getattr(mute, part) == name for part, name in named.items() if name)
    ]


def _no_such(named: str, holding: Sequence[Mute]) -> str:
    """Say that nothing is muted so, and what is."""
    if not holding:
        return f"{preview(named)} is not muted; nothing is"
    listed = "; ".join(f"{mute.id} is {shown_what(mute)}" for mute in holding[:MOST_LISTED])
    more = len(holding) - MOST_LISTED
    return f"{preview(named)} is not muted; what is: {listed}" + (
        f"; and {more:,} more: trailbell mutes" if more > 0 else ""
    )
