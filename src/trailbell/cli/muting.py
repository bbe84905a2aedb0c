"""What the commands about mutes share: their options, and how a mute is shown."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta

import click

from trailbell.cli.times import SecondsType
from trailbell.durations import format_duration
from trailbell.mutes import LONGEST_OWNER, LONGEST_WHAT, Mute
from trailbell.preview import one_line

LONGEST_REASON = 500
"""Characters of a reason."""


class WordsType(click.ParamType[str]):
    """Take a text that says something, of a limited length; give it on one line."""

    name = "text"

    def __init__(self, longest: int) -> None:
        self._longest = longest

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text without what cannot be printed."""
        if len(value) > self._longest:
            said = f"expected at most {self._longest} characters, found {len(value):,}"
            self.fail(said, param, ctx)
        text = one_line(value, self._longest)
        if not text:
            self.fail("expected a few words, found none", param, ctx)
        return text


def login_name() -> str:
    """Return the name of who is logged in. Raises UsageError where nobody has one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise click.UsageError("nobody is logged in by name; say who you are: --owner") from error


reason_option = click.option(
    "--reason",
    type=WordsType(LONGEST_REASON),
    required=True,
    metavar="TEXT",
    help="Why; it is shown wherever the mute is.",
)
owner_option = click.option(
    "--owner",
    type=WordsType(LONGEST_OWNER),
    default=login_name,
    show_default="the name you are logged in by",
    metavar="NAME",
    help="Who answers for it.",
)
wait_option = click.option(
    "--wait",
    type=SecondsType(),
    default=10.0,
    show_default="10s",
    help="How long to wait for a run that holds the store.",
)


def shown_time(seconds: float) -> str:
    """Return a time as people read it, to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def shown_length(seconds: float) -> str:
    """Return a length of time as people read it."""
    return format_duration(timedelta(seconds=seconds))


def shown_what(mute: Mute) -> str:
    """Say on one line what is muted, and hide nothing that a name may hold."""
    return one_line(mute.what, LONGEST_WHAT)
