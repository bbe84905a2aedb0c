"""The options of ``trailbell run``, and those that commands share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import platformdirs

from trailbell.cli.completers import complete_packs
from trailbell.configuration import FILE_NAME
from trailbell.rules import pack_names

SLACK = "slack"
TERMINAL = "terminal"
NONE = "none"
"""What ``--to`` takes; a destination that no configuration names is called so."""


@dataclass(frozen=True, slots=True)
class Options:
    """Hold the options of ``trailbell run`` as they were given.

    ``since`` and ``until`` are in milliseconds since the epoch, ``wait`` is in seconds.
    """

    sources: tuple[str, ...]
    config: Path | None
    rules: tuple[str, ...]
    to: str | None
    since: int | None
    until: int | None
    form: str | None
    store: Path
    wait: float
    report: str | None
    dry_run: bool
    allow_host: tuple[str, ...]
    skip_invalid: bool

    @property
    def sending(self) -> bool:
        """Tell whether anything is to leave the machine, or reach the terminal as an alert."""
        return not self.dry_run and self.to != NONE


def default_store() -> Path:
    """Return where the store is unless it is named: in the user's state folder."""
    return Path(platformdirs.user_state_path("trailbell")) / "store.db"


config_option = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"The configuration; {FILE_NAME} of the working directory where there is one.",
)
rules_option = click.option(
    "--rules",
    multiple=True,
    metavar="PACK|FILE",
    shell_complete=complete_packs,
    help=f"Rules instead of the configured ones; again for more. Packs: {', '.join(pack_names())}.",
)
store_option = click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    default=default_store,
    show_default="in the user's state folder",
    help="The file that remembers deliveries between runs.",
)
