"""``trailbell explain``: why a pattern matches an event, or does not."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from itertools import islice

import click
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from trailbell.cli.exits import Exit
from trailbell.cli.inputs import Teller
from trailbell.decode import Form, decode
from trailbell.masking import MASK, is_secret_key
from trailbell.model import LogEvent, Remark, Unreadable
from trailbell.pattern import Explanation, Pattern, compile_pattern
from trailbell.preview import printable
from trailbell.sources.files import STDIN, find

_MARKS = {True: ("✓ ", "green"), False: ("✗ ", "red"), None: ("· ", "dim")}
_WIDE = 100_000
"""A width that no line reaches: where the output is no terminal, nothing is wrapped."""


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
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Form]),
    help="The form of the input, instead of telling it by its content.",
)
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
    console = _console()
    paths = files or ((STDIN,) if _is_piped() else ())
    reading = _Reading(paths, Form(form) if form else None)
    events = reading.events()
    explained = 0
    for event in islice(events, first):
        explained += 1
        _print_event(console, compiled, event)
    if next(events, None) is not None:
        click.echo(f"trailbell: only the first {first} events are explained (--first)", err=True)
    if not explained and not files:
        console.print(_tree(compiled.explain(), with_words=True))
    return Exit.UNREADABLE if reading.unreadable else Exit.OK


class _Reading:
    """Read events from files, and tell what cannot be read."""

    def __init__(self, paths: tuple[str, ...], form: Form | None) -> None:
        self.paths = paths
        self.form = form
        self.unreadable = 0

    def events(self) -> Iterator[LogEvent]:
        """Give the events of all files."""
        tell = Teller()
        for file in find(self.paths):
            for item in decode(file, self.form):
                if isinstance(item, LogEvent):
                    yield item
                elif isinstance(item, Unreadable | Remark):
                    self.unreadable += isinstance(item, Unreadable)
                    tell(item)


def _is_piped() -> bool:
    """Say whether something is piped into the command; a terminal and /dev/null are not."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return sys.stdin is not None and not sys.stdin.isatty()
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def _console() -> Console:
    """Make a console for the standard output that wraps lines in a terminal alone."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def _print_event(console: Console, pattern: Pattern, event: LogEvent) -> None:
    """Print how a pattern fares on an event."""
    explanation = pattern.explain(event.message)
    place = f"{event.origin.path}:{event.origin.position}"
    verdict = "matches" if explanation.held else "does not match"
    console.print(Text.assemble((printable(place), "bold"), " ", verdict))
    console.print(_tree(explanation, with_words=False))


def _tree(explanation: Explanation, *, with_words: bool) -> Tree:
    """Draw an explanation as a tree."""
    tree = Tree(_label(explanation, with_words=with_words))
    for child in explanation.children:
        tree.children.append(_tree(child, with_words=with_words))
    return tree


def _label(explanation: Explanation, *, with_words: bool) -> Text:
    """Show one part: whether it held, its text, and what it selected or asks."""
    mark, style = _MARKS[explanation.held]
    label = Text()
    if not with_words:
        label.append(mark, style)
    # The parts of a condition are shown beneath it, so that its own text would be said twice.
    if explanation.children:
        label.append(explanation.words)
    else:
        label.append(printable(" ".join(explanation.text.split())) or "(nothing)", "bold")
        label.append(f"  {explanation.words}", "dim")
        if explanation.held is not None and explanation.path and not explanation.note:
            label.append(f"  selected: {', '.join(_selected(explanation)) or 'nothing'}")
        elif explanation.selected:
            label.append(f"  selected: {', '.join(explanation.selected)}")
    if explanation.note:
        label.append(f"  ({explanation.note})", "yellow")
    return label


def _selected(explanation: Explanation) -> tuple[str, ...]:
    """Give the values that a clause selected, and no credential."""
    if any(map(is_secret_key, explanation.path)):
        return tuple(MASK for _ in explanation.selected)
    return explanation.selected
