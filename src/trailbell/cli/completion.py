"""``trailbell completion``: let the shell complete what is typed."""

from __future__ import annotations

import os

import click
from click.shell_completion import get_completion_class, shell_complete

VARIABLE = "_TRAILBELL_COMPLETE"
"""What the script of a shell sets when it asks for the words that may follow."""


@click.command(short_help="Let the shell complete what is typed.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options, packs, rules and mutes.

    \b
    Example, for the shell that is open:
      eval "$(trailbell completion bash)"
    For every shell to come, put that line into ~/.bashrc.
    """
    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    root = context.find_root().command
    click.echo(maker(root, {}, "trailbell", VARIABLE).source())


def answer_shell(root: click.Command) -> int | None:
    """Print the words that a shell asks for and return the exit status; None where none asks."""
    asked = os.environ.get(VARIABLE)
    return shell_complete(root, {}, "trailbell", VARIABLE, asked) if asked else None
