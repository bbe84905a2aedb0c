"""``trailbell explain``: why a pattern matches an event, or does not."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from itertools import islice

import click
from rich.text import Text
from rich.tree import Tree

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.inputs import EventReader, form_option
from trailbell.evidence import shown_values
from trailbell.masking import masked_message
from trailbell.model import LogEvent
from trailbell.pattern import Explanation, Pattern, compile_pattern
from trailbell.preview import printable
from trailbell.sources.files import STDIN, find

_MARKS = {True: ("✓ ", "green"), False: ("✗ ", "red"), None: ("· ", "dim")}

Values = Mapping[str, tuple[str, ...]]
"""What each clause selected, by its text."""


@click.command(short_help="Show why a pattern matches an event, or does not.")
@click.argument("pattern")
@click.argument("files", nargs=-1, metavar="[FILE]...")
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
    compiled = compile_pattern(pattern)
    reader = EventReader(form)
    events = reader.events(find(files or ((STDIN,) if _is_piped() else ())))
    explained = 0
    for event in islice(events, first):
        explained += 1
        _print_event(compiled, event)
    if next(events, None) is not None:
        click.echo(f"trailbell: only the first {first} events are explained (--first)", err=True)
    if not explained and not files:
        print_all(_tree(compiled.explain()))
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
    explanation = pattern.explain(event.message)
    masked = masked_message(event.message)
    values = shown_values(pattern, explanation, event.message, masked)
    place = f"{event.origin.path}:{event.origin.position}"
    verdict = "matches" if explanation.held else "does not match"
    print_all(Text.assemble((printable(place), "bold"), " ", verdict), _tree(explanation, values))


def _tree(explanation: Explanation, values: Values | None = None) -> Tree:
    """Draw an explanation as a tree, of an event with what its clauses selected."""
    tree = Tree(_label(explanation, values))
    for child in explanation.children:
        tree.children.append(_tree(child, values))
    return tree


def _label(explanation: Explanation, values: Values | None) -> Text:
    """Show one part: whether it held, its text, and what it selected or asks."""
    mark, style = _MARKS[explanation.held]
    label = Text()
    if values is not None:
        label.append(mark, style)
    # The parts of a condition are shown beneath it, so that its own text would be said twice.
    if explanation.children:
        label.append(explanation.words)
    else:
        label.append(printable(" ".join(explanation.text.split())) or "(nothing)", "bold")
        label.append(f"  {explanation.words}", "dim")
        selected = ", ".join((values or {}).get(explanation.text, ()))
        may_select_nothing = explanation.path and explanation.held is not None
        if selected or (may_select_nothing and not explanation.note):
            label.append(f"  selected: {selected or 'nothing'}")
    if explanation.note:
        label.append(f"  ({explanation.note})", "yellow")
    return label
