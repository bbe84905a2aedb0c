"""Write ``docs/commands.md``: the help of every command, and the exit statuses.

Run it after a change of a command: ``python tools/make_commands.py``. A test compares.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from trailbell.cli import cli
from trailbell.cli.exits import Exit

TARGET = Path(__file__).parent.parent / "docs" / "commands.md"
WIDTH = 90
SETTINGS = cli.context_settings

HEAD = """\
# Commands

Written by `python tools/make_commands.py` from the help of the commands themselves.
"""


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the full name and the help of a command and of all below it."""
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                inner = click.Context(
                    below, parent=context, info_name=name, terminal_width=WIDTH, **SETTINGS
                )
                yield from commands(below, inner)


def exit_statuses() -> str:
    """Return the exit statuses as a table, in the words beside their constants."""
    lines = inspect.getsource(Exit).splitlines()
    rows = []
    for status in Exit:
        at = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{status.name} ="))
        said = lines[at + 1].strip() if at + 1 < len(lines) else ""
        rows.append((status.value, said.strip('"') if said.startswith('"""') else "All is well."))
    table = "".join(f"| {value} | {words} |\n" for value, words in rows)
    return f"## Exit statuses\n\n| status | meaning |\n|---|---|\n{table}"


def document() -> str:
    """Return the whole page."""
    root = click.Context(cli, info_name="trailbell", terminal_width=WIDTH, **SETTINGS)
    parts = [HEAD, exit_statuses()]
    for name, text in commands(cli, root):
        parts.append(f"## {name}\n\n```\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
