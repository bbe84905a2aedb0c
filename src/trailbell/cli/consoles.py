"""Standard output: what people read in a terminal, and what is piped on."""

from __future__ import annotations

import click
from rich.console import Console, RenderableType

_WIDE = 100_000
"""A width that no line reaches."""


def print_all(*parts: RenderableType, wrap: bool = True) -> None:
    """Print to the standard output; lines are wrapped in a terminal alone, and end in no blanks.

    Without ``wrap`` they are wrapped nowhere, so that commands and paths can be copied. Nothing in
    text is read as markup. Raises OSError where the output cannot be written.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    if not (wrap and console.is_terminal):
        console.width = _WIDE
    # Rich ends the process where a pipe is closed; what it gives is printed by click instead.
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    for line in captured.get().split("\n")[:-1]:
        click.echo(line.rstrip())
