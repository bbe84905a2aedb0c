"""Which rules a command is about: those named, or the configured ones and what ships."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click
import msgspec
from rich.text import Text

from trailbell.cli.completers import complete_packs
from trailbell.configuration import Configuration, find_configuration
from trailbell.model import Severity
from trailbell.rules import Pack, load_rules, pack_names, rule_paths

files_argument = click.argument(
    "files", nargs=-1, metavar="[PACK|FILE]...", shell_complete=complete_packs
)

STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}


def severity_text(severity: Severity) -> Text:
    """Return a severity in its colour."""
    return Text(severity, STYLES[severity])


def chosen_packs(
    files: tuple[str, ...], config: Path | None, *, published: bool = True
) -> tuple[Pack, ...]:
    """Load the rules that are named, else the configured ones and then the packs that ship.

    A configured rule may have the name of one in a pack that is not configured, so the two are
    loaded apart. What the configuration changes of its rules is changed here too, but for the
    published patterns where ``published`` is False. Raises ConfigurationError where one is wrong.
    """
    configuration = find_configuration(config, Path())
    if not published:
        configuration = without_published(configuration)
    if files:
        return named_packs(files, configuration)
    own = configuration.load_rules()
    shipped = load_rules(pack_names(), Path.cwd())
    known = {pack.path.resolve() for pack in own}
    return (*own, *(pack for pack in shipped if pack.path.resolve() not in known))


def named_packs(
    files: tuple[str, ...], configuration: Configuration, *, skip_invalid: bool = False
) -> tuple[Pack, ...]:
    """Load the rules that are named; a configured one is as the configuration wants it."""
    configured = set(map(Path.resolve, rule_paths(configuration.rules, configuration.folder)))
    packs = load_rules(files, Path(), lists=configuration.lists, skip_invalid=skip_invalid)
    return tuple(
        configuration.tailoring.applied([pack])[0] if pack.path.resolve() in configured else pack
        for pack in packs
    )


def without_published(configuration: Configuration) -> Configuration:
    """Return a configuration in which each rule keeps its own pattern."""
    tailoring = msgspec.structs.replace(configuration.tailoring, published=False)
    return dataclasses.replace(configuration, tailoring=tailoring)


def shipped_paths() -> set[Path]:
    """Return the files of the packs that ship; the place of such a rule tells nobody anything."""
    return set(map(Path.resolve, rule_paths(pack_names(), Path.cwd())))
