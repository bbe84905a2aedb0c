"""``trailbell run``: read, match, group, deliver, on one machine."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console

from trailbell.cli.exits import Exit
from trailbell.cli.inputs import Teller, complete_files, form_option, read, total_size
from trailbell.cli.options import (
    NONE,
    SLACK,
    TERMINAL,
    Options,
    config_option,
    rules_option,
    store_option,
)
from trailbell.cli.pipes import release_stdout
from trailbell.cli.planning import make_plan
from trailbell.cli.progress import delivering_bar, reading_bar
from trailbell.cli.summary import print_summary
from trailbell.cli.times import SecondsType, TimeType
from trailbell.clock import SystemClock
from trailbell.counts import Counts
from trailbell.errors import StoreError
from trailbell.mutes import end_words
from trailbell.pipeline import Pipeline, Plan
from trailbell.preview import lowered, printable
from trailbell.sources.files import find
from trailbell.store import Store


@click.command(short_help="Read logs and send what the rules match.")
@click.argument(
    "sources", nargs=-1, required=True, metavar="SOURCE...", shell_complete=complete_files
)
@config_option
@rules_option
@click.option(
    "--skip-invalid",
    is_flag=True,
    help="Run the other rules where a rule is wrong; each wrong one is an alert of its own.",
)
@click.option(
    "--to",
    type=click.Choice([SLACK, TERMINAL, NONE]),
    help="Where alerts go: the configured Slack destinations (or SLACK_WEBHOOK_URL), the terminal"
    " alone, or nowhere.",
)
@click.option("--since", type=TimeType(), help="Leave out events before: 2026-03-14T02:00Z, 24h.")
@click.option("--until", type=TimeType(), help="Leave out events from this time on.")
@form_option
@store_option
@click.option(
    "--wait",
    type=SecondsType(),
    default=60.0,
    show_default="60s",
    help="How long to try for what a destination does not take.",
)
@click.option("--report", type=click.Choice(["json"]), help="Print the counts as the last line.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, send and store nothing.")
@click.option(
    "--allow-host",
    multiple=True,
    metavar="HOST",
    help="Let a webhook be at another host than Slack's; again for more.",
)
def run(**given: Any) -> int:  # noqa: ANN401  the options have their types above
    """Read CloudTrail files, log files, folders or stdin (-), and send what the rules match.

    What the store still owes from earlier runs goes out first. A match is sent once: the same
    input again is counted as duplicate.

    \b
    Examples:
      trailbell run --to terminal ./AWSLogs
      SLACK_WEBHOOK_URL=… trailbell run --to slack --since 24h ./AWSLogs
    """
    options = Options(**given)
    clock = SystemClock()
    plan = make_plan(options, clock)
    for notice in plan.notices:
        click.echo(f"trailbell: left out: {printable(notice.event.message)}", err=True)
    if options.sending:
        with Store(options.store, clock, patience=options.wait) as store:
            return _run(options, plan, store)
    with Store(options.store, clock, readonly=True) as looked_at:
        standing, mutes = looked_at.count_owed(), looked_at.mutes.holding()
    with Store(None, clock) as store:
        with store.batch():
            for mute in mutes:
                store.mutes.copy(mute)
        return _run(options, plan, store, standing)


def _run(options: Options, plan: Plan, store: Store, standing: int = 0) -> int:
    """Run the pipeline over the input, report, and return the exit status.

    ``standing`` is what another store owes, that this run leaves alone.
    """
    errors = Console(stderr=True, highlight=False)
    files = list(find(options.sources))
    if not files:
        click.echo(f"trailbell: no file in {printable(', '.join(options.sources))}", err=True)
    in_terminal = any(destination.takes_old for destination in plan.destinations.values())
    with reading_bar(errors, total_size(files)) as reading, delivering_bar(errors) as delivering:

        def progress(done: int, left: int) -> None:
            # Alerts in the terminal are progress enough, and a bar would stand among them.
            if not in_terminal:
                delivering.update(done, done + left)

        pipeline = Pipeline(plan, store, Teller(), progress)
        try:
            counts = pipeline.run(read(files, options.form, reading))
        except StoreError as error:
            click.echo(
                f"trailbell: {error}; what was written down before is owed, the rest of the"
                " input has to be read again",
                err=True,
            )
            return Exit.OWED
    counts.carried += standing
    counts.owed += standing
    ended = [end_words(mute, plan.clock.now()) for mute in pipeline.ended_mutes]
    print_summary(errors, counts, pipeline.troubles, ended)
    if options.report:
        _print_report(counts)
    release_stdout()
    return exit_status(counts)


def exit_status(counts: Counts) -> Exit:
    """Return the exit status of a run: what is owed goes before what was unreadable."""
    if counts.owed:
        return Exit.OWED
    return Exit.UNREADABLE if counts.unreadable else Exit.OK


def _print_report(counts: Counts) -> None:
    """Print the counts, unless nobody reads them any more."""
    try:
        click.echo(counts.to_json())
    except OSError as error:
        reason = lowered(error.strerror or type(error).__name__)
        click.echo(f"trailbell: the report cannot be written: {reason}", err=True)
