"""``trailbell rules test``: whether rules do what their tests say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console, RenderableType
from rich.progress import MofNCompleteColumn
from rich.table import Table
from rich.text import Text

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.options import config_option
from trailbell.cli.progress import Bar
from trailbell.cli.rules.chosen import chosen_packs, files_argument
from trailbell.cli.rules.failures import reached, shown_failure
from trailbell.preview import one_line, printable
from trailbell.rules import Pack
from trailbell.rules.testing import Verdict, run_tests

_HINT = """\
No rule has a test. Write one below its rule, and one that is not to match beside it:

    [[rule.test]]
    name = "what happens in it"
    matches = true
    record = '''{"eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com"}'''
"""
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Tested:
    """Hold how the tests of a pack ended."""

    pack: Pack
    verdicts: tuple[Verdict, ...]

    @property
    def failed(self) -> list[Verdict]:
        """Return those that failed."""
        return [one for one in self.verdicts if not one.passed]

    @property
    def untested(self) -> list[str]:
        """Return the names of the rules without a test."""
        return [entry.rule.name for entry in self.pack.entries if not entry.tests]


@click.command(short_help="Run the tests that rules carry.")
@files_argument
@config_option
@click.option("-v", "--verbose", is_flag=True, help="Name every test, not the failed ones alone.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check_tests(
    files: tuple[str, ...], config: Path | None, *, verbose: bool, as_json: bool
) -> int:
    """Run the tests of the configured rules and of every pack that ships, or of those named.

    Of a test that fails, the clause that decided is shown. The exit status is 0 where all pass, 1
    where one fails, and 2 where a rule file is wrong.

    \b
    Example:
      trailbell rules test cis
    """
    # Tests are about a rule's own pattern, also where a compliance check demands another's text.
    packs = chosen_packs(files, config, published=False)
    tested = _tested(packs)
    failed = sum(len(one.failed) for one in tested)
    if as_json:
        click.echo(json.dumps(_as_json(tested), indent=2))
    elif any(one.verdicts for one in tested):
        print_all(*_shown(tested, verbose=verbose))
    else:
        click.echo(_HINT, nl=False)
    return Exit.NOTHING_FOUND if failed else Exit.OK


def _tested(packs: Sequence[Pack]) -> list[_Tested]:
    """Run all tests, under a bar where that takes long."""
    total = sum(len(entry.tests) for pack in packs for entry in pack.entries)
    tested = []
    with Bar(Console(stderr=True), counted_in=MofNCompleteColumn(), label="testing") as bar:
        bar.update(0, total)
        for pack in packs:
            verdicts: list[Verdict] = []
            for entry in pack.entries:
                verdicts.extend(run_tests(entry))
                bar.advance(len(entry.tests))
            tested.append(_Tested(pack, tuple(verdicts)))
    return tested


def _shown(tested: Sequence[_Tested], *, verbose: bool) -> Iterator[RenderableType]:
    """Give the failed tests, or all, then a table of the packs, then a sentence."""
    for one in tested:
        for verdict in one.verdicts:
            if not verdict.passed:
                yield from shown_failure(verdict)
            elif verbose:
                yield _passed(verdict)
    if verbose:
        yield ""
    yield _table(tested)
    failed = sum(len(one.failed) for one in tested)
    total = sum(len(one.verdicts) for one in tested)
    tests = "1 test" if total == 1 else f"{total} tests"
    if failed:
        yield Text(f"\n{failed} of {tests} failed.", "red")
    else:
        yield Text(f"\n{'The' if total == 1 else 'All'} {tests} passed.", "green")


def _passed(verdict: Verdict) -> Text:
    """Name a test that passed, and what a timed one came to."""
    count = reached(verdict)
    return Text.assemble(
        ("✓ ", "green"),
        printable(verdict.test.place),
        "  ",
        (verdict.rule.name, "bold"),
        f": {one_line(verdict.test.name, 150)}",
        (f"  ({count})" if count else "", "dim"),
    )


def _table(tested: Sequence[_Tested]) -> Table:
    """Count rules and tests by pack."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("pack")
    for name in ("rules", "tests", "passed", "failed"):
        table.add_column(name, justify="right")
    table.add_column("without a test")
    for one in tested:
        failed = len(one.failed)
        table.add_row(
            printable(one.pack.name),
            str(len(one.pack.entries)),
            str(len(one.verdicts)),
            str(len(one.verdicts) - failed),
            Text(str(failed), "red" if failed else ""),
            _named(one.untested),
        )
    return table


def _named(names: Sequence[str]) -> str:
    """Name the first of some rules, and say how many more there are."""
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown or "none"


def _as_json(tested: Sequence[_Tested]) -> dict[str, object]:
    """Return what scripts get."""
    failed = sum(len(one.failed) for one in tested)
    return {
        "passed": sum(len(one.verdicts) for one in tested) - failed,
        "failed": failed,
        "packs": [
            {
                "name": one.pack.name,
                "path": str(one.pack.path),
                "rules": len(one.pack.entries),
                "passed": len(one.verdicts) - len(one.failed),
                "failed": len(one.failed),
                "untested": one.untested,
                "tests": [_verdict_as_json(verdict) for verdict in one.verdicts],
            }
            for one in tested
        ],
    }


def _verdict_as_json(verdict: Verdict) -> dict[str, object]:
    """Return what scripts get of a test."""
    return {
        "rule": verdict.rule.name,
        "name": verdict.test.name,
        "place": verdict.test.place,
        "passed": verdict.passed,
        "expected": verdict.expected,
        "got": verdict.got,
        "reached": reached(verdict),
        "problem": verdict.problem,
    }
