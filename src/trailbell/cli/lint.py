"""``trailbell lint``: patterns that do not mean what they seem to."""

from __future__ import annotations

import json

import click
from msgspec.structs import asdict

from trailbell.cli.exits import Exit
from trailbell.errors import drawn
from trailbell.pattern import Finding, compile_pattern
from trailbell.pattern import lint as find_in
from trailbell.preview import printable


@click.command(short_help="Find patterns that do not mean what they seem to.")
@click.argument("patterns", nargs=-1, required=True, metavar="PATTERN...")
@click.option("--json", "as_json", is_flag=True, help="Print an object a line for each pattern.")
@click.option(
    "--present",
    multiple=True,
    metavar="SELECTOR",
    help="A field that every event has, such as '$.eventName', so that it is never absent.",
)
def lint(patterns: tuple[str, ...], present: tuple[str, ...], *, as_json: bool) -> int:
    """Find what is doubtful in legal patterns, and say what was probably meant.

    The exit status is 0 where there is nothing to find, 1 where there is, and 2 where a pattern is
    not legal.

    \b
    Example:
      trailbell lint '{ $.readOnly = false }'
    """
    compiled = [compile_pattern(pattern) for pattern in patterns]
    found = [find_in(pattern, present=present) for pattern in compiled]
    for pattern, findings in zip(patterns, found, strict=True):
        if as_json:
            line = {"pattern": pattern, "findings": [asdict(finding) for finding in findings]}
            click.echo(json.dumps(line))
        else:
            for finding in findings:
                click.echo(_shown(pattern, finding))
    return Exit.NOTHING_FOUND if any(found) else Exit.OK


def _shown(pattern: str, finding: Finding) -> str:
    """Show a finding under its place in the pattern."""
    lines = [
        f"{finding.code}: {finding.reason}",
        *drawn(pattern, finding.start, finding.end),
    ]
    if finding.suggestion is not None:
        lines.append(f"probably meant: {finding.suggestion}")
    return "\n".join(map(printable, lines))
