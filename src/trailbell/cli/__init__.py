"""The ``trailbell`` command: a file per subcommand, each the twin of a call of the library."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from trailbell import __version__
from trailbell.cli.completion import answer_shell
from trailbell.cli.exits import Exit
from trailbell.cli.pipes import release_stdout
from trailbell.errors import TrailbellError
from trailbell.preview import lowered, printable

REPORT_AT = "https://github.com/trailbell/trailbell/issues"
_DEBUG = "trailbell.debug"


def _remember_debug(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature
    if value:
        context.find_root().meta[_DEBUG] = True


class LazyGroup(click.Group):
    """Import a command when it is asked for: each needs a part of the program alone.

    ``lazy`` has the module of each command, and behind a colon the command's name in it where it
    is another.
    """

    def __init__(self, *, lazy: Mapping[str, str], **settings: Any) -> None:  # noqa: ANN401  click's own
        super().__init__(**settings)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which a newcomer meets them."""
        del ctx
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, None where there is none of that name."""
        del ctx
        if cmd_name not in self._lazy:
            return None
        if cmd_name not in self.commands:
            module, _, attribute = self._lazy[cmd_name].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute or cmd_name)
            _finish(command)
            self.add_command(command, cmd_name)
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named first, or say what was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            options = [name for option in self.get_params(ctx) for name in option.opts]
            near = difflib.get_close_matches(args[0], [*self._lazy, *options], n=1)
            if not near:
                raise
            said = f"{error.message} Did you mean '{near[0]}'?"
            raise click.UsageError(said, ctx) from error


def _finish(command: click.Command) -> None:
    """Give a command, and what is below it, what all have: --debug, and help that ends well.

    The example of a docstring moves behind the options, where the eye stops.
    """
    command.params.append(
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_remember_debug,
            help="Show a traceback where something goes wrong.",
        )
    )
    said, mark, example = (command.help or "").partition("\b\n")
    if mark:
        command.help, command.epilog = said.rstrip(), mark + example
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _finish(below)


COMMANDS = (
    "run",
    "match",
    "explain",
    "lint",
    "rules",
    "top",
    "config",
    "init",
    "demo",
    "status",
    "mute",
    "unmute",
    "mutes",
    "manifest",
    "schema",
    "completion",
)


@click.group(
    cls=LazyGroup,
    lazy={name: f"trailbell.cli.{name}" for name in COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Ring in Slack, with the log record itself, when something happens in an AWS account.

    \b
    Start here, nothing to configure:
      trailbell demo
    """


_finish(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every kind of error has its exit status."""
    answered = answer_shell(cli)
    sys.exit(invoke(arguments) if answered is None else answered)


def invoke(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    context: click.Context | None = None
    try:
        context = cli.make_context(
            "trailbell", list(sys.argv[1:] if arguments is None else arguments)
        )
        with context:
            return int(cli.invoke(context) or Exit.OK)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        release_stdout()
        return Exit.OK
    except (Exception, KeyboardInterrupt) as error:
        if context is not None and context.meta.get(_DEBUG) and isinstance(error, Exception):
            raise
        release_stdout()
        said, status = _worded(error)
        click.echo(f"trailbell: {printable(said)}", err=True)
        return status


def _worded(error: BaseException) -> tuple[str, Exit]:
    """Say in a clause what went wrong, and with which exit status the command ends."""
    match error:
        case TrailbellError():
            return str(error), Exit.WRONG_USAGE
        case KeyboardInterrupt() | click.Abort():
            return "stopped; what was matched and not delivered is owed", Exit.INTERRUPTED
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            reason = lowered(error.strerror or type(error).__name__)
            return f"{where}{reason}", Exit.NOT_WRITTEN
    advice = f"run it again with --debug and report what it shows at {REPORT_AT}"
    return f"internal error: {type(error).__name__}; {advice}", Exit.INTERNAL
