"""``trailbell run``: read, match, group, deliver, on one machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import platformdirs
from rich.console import Console

from trailbell.cli import destinations as to_where
from trailbell.cli.exits import Exit
from trailbell.cli.progress import delivering_bar, reading_bar
from trailbell.cli.summary import print_summary
from trailbell.cli.times import SecondsType, TimeType
from trailbell.clock import SystemClock
from trailbell.configuration import (
    FILE_NAME,
    Configuration,
    DestinationTable,
    load_configuration,
)
from trailbell.counts import Counts
from trailbell.decode import Form, decode
from trailbell.errors import StoreError
from trailbell.model import Alert, Decoded, Match, Remark, Rule, Unreadable
from trailbell.pipeline import Pipeline, Plan
from trailbell.record import read_record
from trailbell.render.terminal import TerminalMessages
from trailbell.rules import load_rules, pack_names
from trailbell.sources.files import InputFile, find
from trailbell.store import Store


@dataclass(frozen=True, slots=True)
class Options:
    """Hold the options of the command as they were given."""

    sources: tuple[str, ...]
    config: Path | None
    rules: tuple[str, ...]
    to: str | None
    since: int | None
    until: int | None
    form: str | None
    store: Path | None
    wait: float
    report: str | None
    dry_run: bool
    allow_host: tuple[str, ...]

    @property
    def sending(self) -> bool:
        """Tell whether anything is to leave the machine, or reach the terminal as an alert."""
        return not self.dry_run and self.to != to_where.NONE


def default_store() -> Path:
    """Return where the store is unless it is named: in the user's state folder."""
    return Path(platformdirs.user_state_path("trailbell")) / "store.db"


@click.command(short_help="Read logs and send what the rules match.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"The configuration; {FILE_NAME} of the working directory where there is one.",
)
@click.option(
    "--rules",
    multiple=True,
    metavar="PACK|FILE",
    help=f"Rules instead of the configured ones; packs: {', '.join(pack_names())}.",
)
@click.option(
    "--to",
    type=click.Choice([to_where.SLACK, to_where.TERMINAL, to_where.NONE]),
    help="Where alerts go: the configured Slack destinations (or SLACK_WEBHOOK_URL), the terminal"
    " alone, or nowhere.",
)
@click.option("--since", type=TimeType(), help="Leave out events before: 2026-03-14T02:00Z, 24h.")
@click.option("--until", type=TimeType(), help="Leave out events from this time on.")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Form]),
    help="The form of the input, instead of telling it by its content.",
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What remembers deliveries between runs.  [default: in the user's state folder]",
)
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
    help="Let a webhook be at another host than Slack's.",
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
    errors = Console(stderr=True, highlight=False)
    configuration = _configuration(options)
    clock = SystemClock()
    tables = to_where.chosen_tables(options.to, configuration)
    rules = _rules(options, configuration)
    if tables is configuration.destinations:
        to_where.check_routes(rules, tables)
    reachable = {
        name: to_where.make_destination(name, table, configuration, clock, options.allow_host)
        for name, table in tables.items()
        if options.sending
    }
    plan = Plan(
        rules=rules,
        destinations=reachable,
        route=_router(configuration, tables),
        clock=clock,
        since=options.since,
        until=options.until,
        wait=options.wait,
        window=configuration.window,
        longest=configuration.longest,
        sending=options.sending,
        show=_shower(options, configuration),
    )
    path = options.store or default_store()
    standing = 0
    if not options.sending and path.exists():
        with Store(path, clock) as store:
            standing = store.count_owed()
    with Store(path if options.sending else None, clock) as store:
        store.begin_run(patience=options.wait)
        return _piped(options, plan, store, errors, standing)


def _piped(options: Options, plan: Plan, store: Store, errors: Console, standing: int) -> int:
    """Run the pipeline over the input, report, and return the exit status."""
    files = list(find(options.sources))
    if not files:
        errors.print(f"trailbell: no file in {', '.join(options.sources)}", style="yellow")
    told: set[str] = set()

    def tell(item: Unreadable | Remark) -> None:
        """Name every unreadable piece, and each kind of remark once."""
        if isinstance(item, Unreadable):
            click.echo(f"trailbell: unreadable: {item.place}: {item.reason}", err=True)
        elif item.text not in told:
            told.add(item.text)
            click.echo(f"trailbell: {item.place}: {item.text}", err=True)

    sizes = [file.size for file in files]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    with reading_bar(errors, total) as reading, delivering_bar(errors) as delivering:

        def read() -> Iterator[Decoded]:
            yield from _decoded(files, options.form, reading.advance)
            reading.hide()

        pipeline = Pipeline(
            plan, store, tell, lambda done, left: delivering.update(done, done + left)
        )
        try:
            pipeline.run(read())
        except StoreError as error:
            click.echo(f"trailbell: {error}; what was written down before is owed", err=True)
            return Exit.OWED
    counts = pipeline.counts
    counts.carried += standing
    counts.owed += standing
    print_summary(errors, counts, pipeline.troubles)
    if options.report:
        click.echo(counts.to_json())
    return exit_status(counts)


def exit_status(counts: Counts) -> Exit:
    """Return the exit status of a run: what is owed goes before what was unreadable."""
    if counts.owed:
        return Exit.OWED
    return Exit.UNREADABLE if counts.unreadable else Exit.OK


def _configuration(options: Options) -> Configuration:
    """Load the configuration that is named, or that lies in the working directory."""
    path = options.config or Path(FILE_NAME)
    if options.config is None and not path.exists():
        return Configuration(Path.cwd())
    return load_configuration(path)


def _rules(options: Options, configuration: Configuration) -> Sequence[Rule]:
    """Load the rules: those of the options, relative to the working directory, else configured."""
    if options.rules:
        packs = load_rules(options.rules, Path.cwd())
    else:
        packs = load_rules(configuration.rules, configuration.folder)
    return [rule for pack in packs for rule in pack.rules]


def _router(
    configuration: Configuration, tables: Mapping[str, DestinationTable]
) -> Callable[[Match], Sequence[str]]:
    """Return what gives the destinations of a match."""
    if tables is not configuration.destinations and not set(tables) <= set(
        configuration.destinations
    ):
        return lambda _match: tuple(tables)
    chosen = replace(configuration, destinations=tables)

    def route(match: Match) -> Sequence[str]:
        record = read_record(match.event.message)
        owner = match.event.origin.account
        account = record.account(owner) if record else owner
        return [name for name in chosen.destinations_of(match, account) if name in tables]

    return route


def _shower(options: Options, configuration: Configuration) -> Callable[[Alert], None]:
    """Return what shows the alerts of a dry run."""
    if not options.dry_run:
        return lambda _alert: None
    console = Console(highlight=False)
    render = TerminalMessages(configuration.accounts)

    def show(alert: Alert) -> None:
        console.print(f"would go to {alert.destination}:", style="dim", markup=False)
        console.print(render(alert))

    return show


def _decoded(
    files: Iterable[InputFile], form: str | None, advance: Callable[[int], object]
) -> Iterator[Decoded]:
    for file in files:
        yield from decode(file.watched(advance), Form(form) if form else None)
