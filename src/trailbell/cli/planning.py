"""A run's plan, made of its options and the configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console, Group
from rich.text import Text

from trailbell.cli.destinations import check_routes, chosen_tables, make_destination
from trailbell.cli.options import NONE, TERMINAL, Options
from trailbell.clock import Clock
from trailbell.configuration import Configuration, DestinationTable, find_configuration
from trailbell.deliver import Terminal
from trailbell.errors import ConfigurationError
from trailbell.model import Alert, Match, Rule
from trailbell.notices import notice_of
from trailbell.pipeline import OLD, Plan
from trailbell.record import event_time, read_record
from trailbell.render.terminal import TerminalMessages
from trailbell.rules import Invalid, Pack


def make_plan(options: Options, clock: Clock) -> Plan:
    """Say what a run is to do. Raises ConfigurationError where it cannot be done."""
    configuration = find_configuration(options.config, Path())
    packs = configuration.load_rules(options.rules, skip_invalid=options.skip_invalid)
    tables = chosen_tables(options.to, configuration)
    routed = all(configuration.destinations.get(name) is table for name, table in tables.items())
    rules, invalid = _sorted_out(packs, configuration if routed else None, options)
    now = int(clock.now() * 1000)
    reachable = {
        name: make_destination(name, table, configuration, clock, options.allow_host)
        for name, table in tables.items()
        if options.sending
    }
    return Plan(
        rules=rules,
        destinations=reachable,
        route=_router(configuration, tables) if routed else lambda _match: tuple(tables),
        clock=clock,
        since=options.since,
        until=options.until,
        wait=options.wait,
        window=configuration.window,
        longest=configuration.longest,
        sending=options.sending,
        show=_shower(options, configuration, tables, clock),
        # A millisecond apart, so that they ring in the order of the files.
        notices=[notice_of(one, now - len(invalid) + at) for at, one in enumerate(invalid)],
    )


def _sorted_out(
    packs: Sequence[Pack], routing: Configuration | None, options: Options
) -> tuple[list[Rule], list[Invalid]]:
    """Return the rules that run, and those that are wrong.

    ``routing`` is where their routes have to lead, None where they lead nowhere. Raises
    ConfigurationError where a rule is wrong, unless such are to be skipped.
    """
    rules: list[Rule] = []
    invalid = [one for pack in packs for one in pack.invalid]
    for pack in packs:
        for rule in pack.rules:
            try:
                if routing:
                    check_routes([rule], routing.destinations)
            except ConfigurationError as error:
                if not options.skip_invalid:
                    raise
                invalid.append(Invalid(pack.path, rule.name, error))
            else:
                rules.append(rule)
    return rules, invalid


def _router(
    configuration: Configuration, tables: Mapping[str, DestinationTable]
) -> Callable[[Match], Sequence[str]]:
    """Return what gives the destinations of a match, among those of this run."""
    chosen = replace(configuration, destinations=tables)

    def route(match: Match) -> Sequence[str]:
        record = read_record(match.event.message)
        owner = match.event.origin.account
        account = record.account(owner) if record else owner
        return [name for name in chosen.destinations_of(match, account) if name in tables]

    return route


def _shower(
    options: Options,
    configuration: Configuration,
    tables: Mapping[str, DestinationTable],
    clock: Clock,
) -> Callable[[Alert], None] | None:
    """Return what shows the alerts of a dry run, None where nobody is to see any."""
    if not options.dry_run or options.to == NONE:
        return None
    terminal = Terminal(Console(highlight=False))
    render = TerminalMessages(configuration.accounts)
    oldest = (clock.now() - OLD) * 1000

    def show(alert: Alert) -> None:
        last = event_time(alert.matches[-1].event, 0)
        channel = tables[alert.destination].type != TERMINAL
        said = f"would go to {alert.destination}:"
        if channel and options.since is None and last < oldest:
            said = f"too old for {alert.destination} (older than 24 hours; --since sends it):"
        terminal.send(Group(Text(said, "dim"), render(alert)))

    return show
