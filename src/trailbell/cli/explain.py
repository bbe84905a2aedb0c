"""``trailbell explain``: why a pattern matches an event, or does not."""

from __future__ import annotations

import os
import stat
import sys
from itertools import islice

import click
from rich.text import Text

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.inputs import EventReader, check_order, complete_files, form_option
from trailbell.cli.trees import event_tree, pattern_tree
from trailbell.model import LogEvent
from trailbell.pattern import Pattern, compile_pattern
from trailbell.preview import printable
from trailbell.sources.files import STDIN, find


@click.command(short_help="Show why a pattern matches an event, or does not.")
@click.argument("pattern")
@click.argument("files", nargs=-1, metavar="[FILE]...", shell_complete=complete_files)
@click.option(
    "--first",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="How many events to explain.",
)
@form_option
def explain(pattern: str, files: tuple[str, ...], first: int, form: str | None) -> int:
    """Show for each clause of a pattern what it selects in an event, and whether it holds.

    Without an event, show what the pattern asks, in plain words. A file is read as "trailbell
    match" reads it; "-", or what is piped into the command, is the standard input.

    \b
    Example:
      echo '{"level": "ERROR", "ms": 12}' |
        trailbell explain '{ $.level = ERROR && $.ms > 500 }'
    """
    check_order(pattern, files)
    compiled = compile_pattern(pattern)
    reader = EventReader(form)
    events = reader.events(find(files or ((STDIN,) if _is_piped() else ())))
    explained = 0
    for event in islice(events, first):
        explained += 1
        _print_event(compiled, event)
    if next(events, None) is not None:
        click.echo(f"trailbell: there are more events; --first shows more than {first}", err=True)
    if not explained and not files:
        print_all(pattern_tree(compiled))
    return Exit.UNREADABLE if reader.unreadable else Exit.OK


def _is_piped() -> bool:
    """Say whether something is piped into the command; a terminal and /dev/null are not."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return sys.stdin is not None and not sys.stdin.isatty()
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def _print_event(pattern: Pattern, event: LogEvent) -> None:
    """Print how a pattern fares on an event."""
    place = f"{event.origin.path}:{event.origin.position}"
    verdict = "matches" if pattern.matches(event.message) else "does not match"
    head = Text.assemble((printable(place), "bold"), " ", verdict)
    print_all(head, event_tree(pattern, event.message))
