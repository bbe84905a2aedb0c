"""``trailbell match``: the events that match a pattern."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import dataclass

import click

from trailbell.cli.exits import Exit
from trailbell.cli.inputs import EventReader, check_order, complete_files, form_option
from trailbell.cli.pipes import release_stdout
from trailbell.model import LogEvent
from trailbell.pattern import Message, Pattern, compile_pattern
from trailbell.preview import printable
from trailbell.sources.files import STDIN, InputFile, find


@dataclass(frozen=True, slots=True)
class Output:
    """Hold how to print what was found, and whether to name the file with it."""

    as_json: bool
    count: bool
    number: bool
    named: bool


@click.command(short_help="Print the events that match a pattern.")
@click.argument("pattern")
@click.argument("files", nargs=-1, metavar="[FILE]...", shell_complete=complete_files)
@click.option("--json", "as_json", is_flag=True, help="Print an object a line, with the fields.")
@click.option("-c", "--count", is_flag=True, help="Print how many there are, for each file.")
@click.option("-v", "--invert-match", "invert", is_flag=True, help="Print those that do not match.")
@click.option("-n", "--line-number", "number", is_flag=True, help="Print the line, or the record.")
@form_option
def match(
    pattern: str,
    files: tuple[str, ...],
    *,
    form: str | None,
    invert: bool,
    **output: bool,
) -> int:
    """Print the events of files that match a filter pattern, as grep prints lines.

    A file is a text log, JSON Lines, a CloudTrail file or a subscription payload, gzipped or not;
    a folder stands for all files in it, and "-", or no file, for the standard input. The exit
    status is 0 where an event was found, 1 where none was, 2 where the pattern is wrong, and 3
    where something could not be read.

    \b
    Example:
      echo '{"level": "ERROR", "ms": 812}' | trailbell match '{ $.ms > 500 }'
    """
    check_order(pattern, files)
    compiled = compile_pattern(pattern)
    paths = files or (STDIN,)
    inputs = list(find(paths))
    printer = Output(**output, named=len(inputs) > 1 or any(map(os.path.isdir, paths)))
    reader = EventReader(form)
    search = _Search(compiled, printer, reader, invert=invert)
    with contextlib.suppress(BrokenPipeError):
        for file in inputs:
            search.read(file)
    release_stdout()
    if reader.unreadable:
        return Exit.UNREADABLE
    return Exit.OK if search.found else Exit.NOTHING_FOUND


class _Search:
    """Look for events in one file after another."""

    def __init__(
        self, pattern: Pattern, output: Output, reader: EventReader, *, invert: bool
    ) -> None:
        self.pattern = pattern
        self.output = output
        self.reader = reader
        self.invert = invert
        self.found = 0
        self.shows_controls = not sys.stdout.isatty()

    def read(self, file: InputFile) -> None:
        """Print what one file holds."""
        before = self.found
        for event in self.reader.events([file]):
            message = Message(event.message)
            if self.pattern.matches(message) is not self.invert:
                self.found += 1
                if not self.output.count:
                    self.print(event, message)
        if self.output.count:
            self.print_count(file, self.found - before)

    def print(self, event: LogEvent, message: Message) -> None:
        """Print an event."""
        place = {"file": event.origin.path, "position": event.origin.position}
        if self.output.as_json:
            fields = self.pattern.extract(message)
            self.line({**place, "message": event.message, **({"fields": fields} if fields else {})})
            return
        parts = [event.origin.path] if self.output.named else []
        parts += [str(event.origin.position)] if self.output.number else []
        self.line(":".join([*parts, event.message]))

    def print_count(self, file: InputFile, count: int) -> None:
        """Print how many events of a file were found."""
        if self.output.as_json:
            self.line({"file": file.path, "count": count})
        else:
            self.line(f"{file.path}:{count}" if self.output.named else str(count))

    def line(self, content: str | dict[str, object]) -> None:
        """Print a line, in UTF-8 whatever the locale; to a terminal without control characters."""
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        shown = text if self.shows_controls else printable(text)
        click.echo(shown.encode(errors="backslashreplace"))
