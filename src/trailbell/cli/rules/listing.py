"""``trailbell rules list``: the rules that there are."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.options import config_option
from trailbell.cli.rules.chosen import chosen_packs, files_argument, severity_text
from trailbell.model import RuleException, Threshold
from trailbell.preview import printable
from trailbell.rules import Entry


@click.command(short_help="List the rules.")
@files_argument
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_rules(files: tuple[str, ...], config: Path | None, *, as_json: bool) -> int:
    """List the rules of the configuration and of every pack that ships, or of those named.

    Beside each stands how many of its tests are to match, and how many are not.

    \b
    Example:
      trailbell rules list cis
    """
    packs = chosen_packs(files, config)
    found = [(pack.name, entry) for pack in packs for entry in pack.entries]
    if as_json:
        click.echo(json.dumps([_as_json(*one) for one in found], indent=2))
        return Exit.OK
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("name", "severity", "title", "pack", "tests"):
        table.add_column(name, no_wrap=name == "name")
    for pack, entry in found:
        rule = entry.rule
        title = Text(printable(rule.title))
        if not entry.enabled:
            title.append(" (disabled)", "dim")
        tests = "+".join(map(str, test_counts(entry)))
        table.add_row(rule.name, severity_text(rule.severity), title, Text(printable(pack)), tests)
    print_all(table)
    return Exit.OK


def test_counts(entry: Entry) -> tuple[int, int]:
    """Count the tests of a rule: those that are to match, or to ring, and those that are not."""
    matching = sum(test.matches for test in entry.tests)
    return matching, len(entry.tests) - matching


def _as_json(pack: str, entry: Entry) -> dict[str, object]:
    """Return what scripts get of a rule."""
    rule = entry.rule
    matching, not_matching = test_counts(entry)
    return {
        "name": rule.name,
        "title": rule.title,
        "pack": pack,
        "severity": rule.severity.value,
        "enabled": entry.enabled,
        "patterns": [each.text for each in rule.any_of],
        "references": list(rule.references),
        "tags": list(entry.tags),
        "threshold": rule.threshold and _threshold_as_json(rule.threshold),
        "exceptions": [_exception_as_json(one) for one in rule.exceptions],
        "matching_tests": matching,
        "non_matching_tests": not_matching,
    }


def _threshold_as_json(threshold: Threshold) -> dict[str, object]:
    """Return a threshold; its length is written as rule files write it, in seconds."""
    seconds = threshold.within.total_seconds()
    whole = int(seconds) == seconds
    return {"count": threshold.count, "within": f"{int(seconds) if whole else seconds}s"}


def _exception_as_json(one: RuleException) -> dict[str, object]:
    """Return an exception with its pattern or its values."""
    asked: dict[str, object] = (
        {"values": {name: list(values) for name, values in one.values}}
        if one.values
        else {"pattern": one.pattern}
    )
    until = one.until.isoformat() if one.until else None
    return {"name": one.name, "reason": one.reason, **asked, "until": until}
