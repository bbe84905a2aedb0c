"""``trailbell demo``: a story that the package ships, told by the real pipeline."""

from __future__ import annotations

import os
import sys
import tempfile
import textwrap
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO, cast

import click
from rich.console import Console, RenderableType
from rich.text import Text

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.inputs import Teller
from trailbell.clock import SystemClock
from trailbell.decode import decode
from trailbell.deliver import Courier, Delivery, Pace, Terminal
from trailbell.errors import ConfigurationError
from trailbell.model import Alert, Severity
from trailbell.pipeline import Destination, Pipeline, Plan
from trailbell.preview import lowered
from trailbell.render.page import page
from trailbell.render.slack import SlackMessages
from trailbell.render.terminal import TerminalMessages
from trailbell.render.words import plural
from trailbell.rules import DEFAULT_PACK, load_rules
from trailbell.store import Store

ACCOUNTS = {"111122223333": "prod"}
HERE = "here"

OPENING = (
    "An account is being taken over, within a night's ordinary calls. These are the alerts that"
    " the default rules make of it. One shows its whole record; --records shows all."
)

NEXT = (
    ("your own trail", "trailbell run --to terminal FOLDER"),
    ("in Slack", "trailbell manifest --format url  # a link that creates the app"),
    ("", "SLACK_WEBHOOK_URL=URL trailbell run --to slack --since 24h FOLDER"),
    ("rules of yours", "trailbell init  # a configuration, and a rule with its tests"),
    ("the rules used", "trailbell rules list"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """Stand for the trail file that the package ships, under its own name."""

    path: str = "takeover.json"

    def open(self) -> BinaryIO:
        """Open it for reading."""
        return cast("BinaryIO", files("trailbell").joinpath("story", self.path).open("rb"))


@dataclass(frozen=True, slots=True)
class Shown:
    """Hold an alert as the terminal shows it, and as Slack would."""

    in_terminal: RenderableType
    in_slack: Mapping[str, Any]


class Stage:
    """Show alerts in the terminal, and keep what Slack would have got."""

    def __init__(self, console: Console) -> None:
        self._terminal = Terminal(console)
        self.slack_messages: list[Mapping[str, Any]] = []

    def send(self, shown: Shown) -> Delivery:
        """Show one alert."""
        self.slack_messages.append(shown.in_slack)
        return self._terminal.send(shown.in_terminal)


class FirstCritical:
    """Choose the alert that shows its record: the first that is as loud as can be."""

    def __init__(self) -> None:
        self._chosen = ""

    def __call__(self, alert: Alert) -> bool:
        """Tell whether this is the one."""
        if not self._chosen and alert.rule.severity is Severity.CRITICAL:
            self._chosen = alert.id
        return self._chosen == alert.id


@click.command(short_help="Show an account being taken over, as alerts.")
@click.option("--records", is_flag=True, help="Show the whole record of every alert.")
@click.option(
    "--preview",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the page of Slack messages.  [default: a new temporary folder]",
)
@click.option("--no-browser", is_flag=True, help="Do not open the page in a browser.")
def demo(*, records: bool, preview: Path | None, no_browser: bool) -> int:
    """Show the alerts of an account that is being taken over.

    The records ship with Trailbell. They take the way of all others: they are decoded, matched by
    the default rules, grouped, and shown here; and a page shows what Slack would show. Nothing
    leaves this machine and nothing is kept.

    \b
    Example:
      trailbell demo --no-browser
    """
    console = Console(highlight=False)
    click.echo(f"{textwrap.fill(OPENING, min(console.width, 100))}\n")
    stage = Stage(console)
    pipeline = tell_story(stage, records=records)
    path = _written(page(stage.slack_messages), preview)
    _print_end(pipeline, path)
    if not no_browser and sys.stdout.isatty():
        _open_in_browser(path)
    return Exit.UNREADABLE if pipeline.counts.unreadable else Exit.OK


def tell_story(stage: Stage, *, records: bool) -> Pipeline:
    """Run the pipeline over the story, and show its alerts on a stage."""
    clock = SystemClock()
    in_slack = SlackMessages(ACCOUNTS)
    in_terminal = (
        TerminalMessages(ACCOUNTS) if records else TerminalMessages(ACCOUNTS, FirstCritical())
    )
    destination = Destination(
        Courier(stage, clock, Pace.at_once()),
        lambda alert: Shown(in_terminal(alert), in_slack(alert)),
    )
    packs = load_rules((DEFAULT_PACK,), Path.cwd())
    plan = Plan(
        rules=[rule for pack in packs for rule in pack.rules],
        destinations={HERE: destination},
        route=lambda _match: (HERE,),
        clock=clock,
    )
    with Store(None, clock) as store:
        pipeline = Pipeline(plan, store, Teller())
        pipeline.run(decode(Story()))
    return pipeline


def _written(html: str, preview: Path | None) -> Path:
    """Write the page to the file that was named, or to one that nobody else can have made."""
    path = preview or Path(tempfile.mkdtemp(prefix="trailbell-")) / "demo.html"
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        reason = lowered(error.strerror or type(error).__name__)
        raise ConfigurationError(
            f"{path}: cannot be written: {reason}; name another with --preview"
        ) from error
    return path


def _print_end(pipeline: Pipeline, path: Path) -> None:
    """Say what was shown, where the page is, and what to do next."""
    counts = pipeline.counts
    suppressed = ", ".join(f"{number:,} {reason}" for reason, number in counts.reasons)
    print_all(
        f"{plural(counts.events, 'record')} gave {plural(counts.matched, 'match')}:"
        f" {counts.delivered:,} in {plural(counts.alerts, 'alert')}"
        f"{', ' if suppressed else ''}{suppressed}.",
        Text.assemble("As Slack would show them: ", (str(path), "bold")),
        Text("\nNext:", "bold"),
        *(Text.assemble((f"  {what:<17}", "dim"), command) for what, command in NEXT),
        wrap=False,
    )


def _open_in_browser(path: Path) -> None:
    """Open the page where there is a browser with a window of its own; never fail over it."""
    # Without a display the standard library falls back to browsers that take over the terminal.
    windows = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform in ("darwin", "win32") or any(map(os.environ.get, windows)):
        try:
            webbrowser.open(path.resolve().as_uri())
        except (webbrowser.Error, OSError):
            click.echo("no browser could be opened; open the page by hand", err=True)
