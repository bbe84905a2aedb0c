"""What a command reads: files decoded one after another, and what is said of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

import click
from click.shell_completion import CompletionItem

from trailbell.cli.progress import Bar
from trailbell.decode import Form, decode
from trailbell.model import Decoded, LogEvent, Remark, Unreadable
from trailbell.preview import one_line
from trailbell.sources.files import InputFile

form_option = click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Form]),
    help="The form of the input, instead of telling it by its content.",
)

LONGEST_LINE = 1_000
"""Characters of what is said about a piece of input; its name may be anything."""


def complete_files(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Let the shell complete files and folders itself."""
    del context, parameter
    return [CompletionItem(begun, type="file")]


def check_order(pattern: str, files: Sequence[str]) -> None:
    """Raise UsageError where a file stands in the place of the pattern, and the pattern in its."""
    # A pattern is longer than a path may be, and what cannot be a path is none.
    there = [name for name in (pattern, *files) if os.path.exists(name)]  # noqa: PTH110  see above
    if there == [pattern] and any(name[:1] in ("{", "[", "%") for name in files):
        raise click.UsageError("the pattern stands first, then the files")


class Teller:
    """Name every unreadable piece of input on standard error, and each kind of remark once."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, item: Unreadable | Remark) -> None:
        """Say a line, unless it was said."""
        if isinstance(item, Unreadable):
            self._say(f"unreadable: {item.place}: {item.reason}")
        elif item.text not in self._told:
            self._told.add(item.text)
            self._say(f"{item.place}: {item.text}")

    def _say(self, text: str) -> None:
        click.echo(f"trailbell: {one_line(text, LONGEST_LINE)}", err=True)


class EventReader:
    """Read events from files, name what cannot be read, and count it as ``unreadable``."""

    def __init__(self, form: str | None) -> None:
        self.unreadable = 0
        self._form = Form(form) if form else None
        self._tell = Teller()

    def events(self, files: Iterable[InputFile]) -> Iterator[LogEvent]:
        """Give the events of files, one file after another."""
        for file in files:
            for item in decode(file, self._form):
                if isinstance(item, LogEvent):
                    yield item
                elif isinstance(item, Unreadable | Remark):
                    self.unreadable += isinstance(item, Unreadable)
                    self._tell(item)


def total_size(files: Iterable[InputFile]) -> int | None:
    """Return how many bytes there are to read, None where that is not known."""
    sizes = [file.size for file in files]
    return None if None in sizes else sum(size or 0 for size in sizes)


def read(files: Iterable[InputFile], form: str | None, bar: Bar) -> Iterator[Decoded]:
    """Decode files one after another, and take the bar away when all is read."""
    for file in files:
        yield from decode(file.watched(bar.advance), Form(form) if form else None)
    bar.hide()
