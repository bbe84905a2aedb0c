"""``trailbell mute``: keep something quiet for a while."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from trailbell.cli.completers import complete_configured
from trailbell.cli.exits import Exit
from trailbell.cli.muting import (
    owner_option,
    reason_option,
    shown_length,
    shown_time,
    shown_what,
    wait_option,
)
from trailbell.cli.options import config_option, rules_option, store_option
from trailbell.clock import SystemClock
from trailbell.configuration import Configuration, find_configuration
from trailbell.durations import format_duration, parse_duration
from trailbell.errors import ConfigurationError
from trailbell.mutes import LONGEST, LONGEST_OWNER, Mute
from trailbell.notices import INVALID_RULE
from trailbell.preview import one_line, preview, printable
from trailbell.rules import Pack, load_rules, pack_names
from trailbell.store import Store
from trailbell.suppression import fits_text
from trailbell.toml_words import close_matches

LONGEST_NAME = 2_048
"""Characters of what a mute is for; no name of a rule and no ARN is longer."""

# An account is twelve digits, of which "*" may stand for some.
_ACCOUNT = re.compile(r"[0-9]{12}|(?=[0-9]*\*)[0-9*]{1,12}")
_SESSION = re.compile(r"(arn:[^:]*:sts::[^:]*:assumed-role/[^/*]+/)[^*]+", re.DOTALL)


class LengthType(click.ParamType[float]):
    """Take how long a mute is to last; give seconds."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds, more than 0."""
        try:
            length = parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if length > LONGEST:
            self.fail(
                f"a mute lasts at most {format_duration(LONGEST)}, found {preview(value)}; what"
                " should not ring at all is a rule to switch off (disabled in trailbell.toml),"
                " or an exception with its reason",
                param,
                ctx,
            )
        if not length:
            self.fail(f"expected a time to come, found {preview(value)}", param, ctx)
        return length.total_seconds()


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold the options as they were given; ``seconds`` is how long to mute, ``wait`` likewise."""

    rule: str
    actor: str
    account: str
    seconds: float
    reason: str
    owner: str
    config: Path | None
    rules: tuple[str, ...]
    store: Path
    wait: float


@click.command(short_help="Keep a rule, an actor or an account quiet for a while.")
@click.argument("rule", default="", metavar="[RULE]", shell_complete=complete_configured)
@click.option("--actor", default="", metavar="ARN", help="Who acted, as an alert names them.")
@click.option("--account", default="", metavar="ID", help="The account, by its id or its name.")
@click.option(
    "--for",
    "seconds",
    type=LengthType(),
    required=True,
    metavar="DURATION",
    help=f"How long: 90s, 2h, 7d; at most {format_duration(LONGEST)}.",
)
@reason_option
@owner_option
@config_option
@rules_option
@store_option
@wait_option
def mute(**given: Any) -> int:  # noqa: ANN401  the options have their types above
    """Keep a rule, an actor or an account quiet for a while, or what several of them share.

    What is muted is still matched, and counted as muted; it is not sent, unless it is read again
    once the mute has ended. An alert shows what to paste: the rule in its last line, the actor as
    "who". "*" stands for any text: 'root-*', 'arn:aws:iam::*:role/deploy-*'. What is owed already
    goes out all the same.

    \b
    Examples:
      trailbell mute root-used --for 2h --reason "break-glass drill"
      trailbell mute --actor 'arn:aws:iam::*:role/scanner' --for 1d --reason "pen test"
    """
    asked = Asked(**given)
    clock = SystemClock()
    made = _made(asked, clock.now())
    with Store(asked.store, clock, patience=asked.wait) as held, held.batch():
        kept, replaced = held.mutes.put(made)
    if replaced:
        by = one_line(replaced.owner, LONGEST_OWNER)
        click.echo(f"takes the place of the mute by {by} until {shown_time(replaced.until)}")
    click.echo(f"muted for {shown_length(asked.seconds)}: {shown_what(kept)}")
    click.echo(f"rings again at {shown_time(kept.until)}, or after: trailbell unmute {kept.id}")
    session = _SESSION.fullmatch(asked.actor)
    if session:
        click.echo(f"this is one session; all of the role: --actor '{printable(session[1])}*'")
    return Exit.OK


def _made(asked: Asked, now: float) -> Mute:
    """Return the mute that is asked for. Raises ConfigurationError where it is for nothing."""
    if not (asked.rule or asked.actor or asked.account):
        raise ConfigurationError("nothing to mute: name a rule, --actor or --account")
    for option, value in (("RULE", asked.rule), ("--actor", asked.actor)):
        if value and not (value.strip() and value.isprintable() and len(value) <= LONGEST_NAME):
            raise ConfigurationError(
                f"{option}: expected up to {LONGEST_NAME:,} characters that can be printed, found"
                f' {preview(value)}; "*" stands for any other'
            )
    configuration = find_configuration(asked.config, Path())
    if asked.rule:
        _check_rule(asked, configuration)
    account = _account_of(asked.account, configuration.accounts) if asked.account else ""
    until = now + asked.seconds
    return Mute(asked.rule, asked.actor, account, asked.owner, asked.reason, now, until)


def _check_rule(asked: Asked, configuration: Configuration) -> None:
    """Raise ConfigurationError where the name fits no rule: it would mute nothing in silence."""
    # What a run was given on its command line is known by what it wrote down.
    with Store(asked.store, SystemClock(), readonly=True) as store:
        known = {INVALID_RULE, *store.rule_names()}
    # In the night that a rule file is broken, the others have to be muted all the same.
    known |= _names(configuration.load_rules(asked.rules, skip_invalid=True))
    if any(fits_text(name, asked.rule) for name in known):
        return
    shipped = _names(load_rules(pack_names(), Path()))
    if any(fits_text(name, asked.rule) for name in shipped):
        click.echo(
            f"trailbell: {preview(asked.rule)} is of a pack that the configuration does not run;"
            " trailbell rules list shows which",
            err=True,
        )
        return
    near = close_matches(asked.rule, known | shipped)
    advice = f"did you mean {near}?" if near else "see: trailbell rules list"
    raise ConfigurationError(f"no rule is called {preview(asked.rule)}; {advice}")


def _names(packs: Sequence[Pack]) -> set[str]:
    """Return the names of the rules of packs, those that are wrong included."""
    return {entry.rule.name for pack in packs for entry in pack.entries} | {
        one.rule for pack in packs for one in pack.invalid
    }


def _account_of(given: str, names: Mapping[str, str]) -> str:
    """Return the id of an account, or the ids that a "*" stands for. Raises ConfigurationError."""
    if _ACCOUNT.fullmatch(given):
        return given
    for number, name in names.items():
        if name == given:
            return number
    near = close_matches(given, names.values())
    advice = f"did you mean {near}?" if near else "names come from [accounts] of trailbell.toml"
    raise ConfigurationError(
        f"--account: expected twelve digits, or the name of an account, found {preview(given)};"
        f" {advice}"
    )
