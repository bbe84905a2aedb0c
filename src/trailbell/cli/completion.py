"""``trailbell completion``: let the shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete trailbell's commands and options.

    \b
    Example, for the shell that is open:
      eval "$(trailbell completion bash)"
    """
    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    root = context.find_root().command
    click.echo(maker(root, {}, "trailbell", "_TRAILBELL_COMPLETE").source())
