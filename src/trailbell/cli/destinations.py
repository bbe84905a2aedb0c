"""Destinations made of the configuration, the environment and the options of a run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from rich.console import Console

from trailbell.cli.options import NONE, SLACK, TERMINAL
from trailbell.clock import Clock
from trailbell.configuration import Configuration, DestinationTable, SecretSource
from trailbell.deliver import Courier, Pace, Terminal, Webhook
from trailbell.errors import ConfigurationError
from trailbell.model import Rule
from trailbell.pipeline import Destination
from trailbell.render.slack import SlackMessages
from trailbell.render.terminal import TerminalMessages

URL_VARIABLE = "SLACK_WEBHOOK_URL"


def chosen_tables(to: str | None, configuration: Configuration) -> Mapping[str, DestinationTable]:
    """Return the destinations of a run: those configured, unless ``--to`` chooses.

    Without a configured one, ``slack`` is the webhook of the environment, and the terminal is the
    default, so that a first try rings nowhere.
    """
    configured = configuration.destinations
    if to is None and configured:
        return configured
    if to in (None, TERMINAL):
        return {TERMINAL: DestinationTable("terminal")}
    if to == NONE:
        return {NONE: DestinationTable("terminal")}
    slack = {name: table for name, table in configured.items() if table.type == "slack-webhook"}
    return slack or {SLACK: DestinationTable("slack-webhook", url=SecretSource(env=URL_VARIABLE))}


def check_routes(rules: Sequence[Rule], names: Mapping[str, object]) -> None:
    """Refuse a rule whose route leads nowhere. Raises ConfigurationError."""
    for rule in rules:
        if rule.route and rule.route not in names:
            raise ConfigurationError(
                f'rule "{rule.name}": route "{rule.route}": no such destination;'
                f" configured are: {', '.join(names) or 'none'}"
            )


def make_destination(
    name: str,
    table: DestinationTable,
    configuration: Configuration,
    clock: Clock,
    allow_hosts: Sequence[str],
) -> Destination:
    """Make a destination ready to take alerts.

    Raises ConfigurationError where its secret is not to be found or its URL may not be used.
    """
    if table.type == "terminal":
        console = Console(highlight=False, soft_wrap=False)
        return Destination(
            Courier(Terminal(console), clock, Pace.at_once()),
            TerminalMessages(configuration.accounts),
        )
    source = table.url or SecretSource(env=URL_VARIABLE)
    url = source.read(os.environ, configuration.folder, f'destination "{name}": key "url"')
    webhook = Webhook(url, allow_hosts=(*table.allow_host, *allow_hosts))
    messages = SlackMessages(configuration.accounts)
    return Destination(
        Courier(webhook, clock, Pace(table.per_second, table.burst)),
        messages,
        messages.plain,
        takes_old=False,
    )
