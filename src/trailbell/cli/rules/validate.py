"""``trailbell rules validate``: what is wrong, or doubtful, in rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from trailbell.cli.exits import Exit
from trailbell.cli.options import config_option
from trailbell.cli.rules.chosen import files_argument
from trailbell.clock import SystemClock
from trailbell.configuration import Configuration, find_configuration
from trailbell.errors import ConfigurationError, drawn
from trailbell.preview import printable
from trailbell.record import utc_day
from trailbell.rules import Pack, load_rules, rule_paths
from trailbell.rules.complaint import Complaint, Level
from trailbell.rules.tailored import Tailoring
from trailbell.rules.validate import validate, wrong

_STYLES = {Level.ERROR: "red", Level.FINDING: "yellow", Level.NOTE: "cyan"}


@click.command(short_help="Find what is wrong, or doubtful, in rules.")
@files_argument
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def validate_rules(files: tuple[str, ...], config: Path | None, *, as_json: bool) -> int:
    """Check the configured rules, or those named, and tell all that is wrong at once.

    Errors keep a rule from running. Findings are patterns that do not mean what they seem to, rules
    that every event has to be read for, rules that match nothing which another does not match, and
    exceptions that never apply or have expired. Notes are worth knowing. The exit status is 2 where
    there is an error, 1 where there is a finding, and 0 else.

    \b
    Example:
      trailbell rules validate cis
    """
    configuration = find_configuration(config, Path())
    packs, found = _read(files, configuration)
    today = utc_day(SystemClock().now())
    added = () if files else configuration.tailoring.exceptions
    found += validate(packs, today, added)
    counts = {level: sum(one.level is level for one in found) for level in Level}
    rules = sum(len(pack.entries) + len(pack.invalid) for pack in packs)
    if as_json:
        click.echo(json.dumps(_as_json(found, counts, rules), indent=2))
    else:
        for one in found:
            click.echo("\n".join(_shown(one)))
        click.echo(_sentence(counts, rules))
    if counts[Level.ERROR]:
        return Exit.WRONG_USAGE
    return Exit.NOTHING_FOUND if counts[Level.FINDING] else Exit.OK


def _read(
    files: tuple[str, ...], configuration: Configuration
) -> tuple[tuple[Pack, ...], list[Complaint]]:
    """Load rules whatever is wrong in them, and say which names stand for none.

    Rules of the configuration are switched off, and have the published patterns, as it says; the
    exceptions that it adds are left out.
    """
    folder = Path() if files else configuration.folder
    found: list[Complaint] = []
    named = []
    for name in files or configuration.rules:
        try:
            rule_paths([name], folder)
        except ConfigurationError as error:
            found.append(wrong(error, Path(name) if files else configuration.path or folder))
        else:
            named.append(name)
    packs = load_rules(named, folder, lists=configuration.lists, skip_invalid=True)
    if files:
        return packs, found
    found.extend(_misnamed(packs, configuration))
    found.extend(_misrouted(packs, configuration))
    changes = msgspec.structs.replace(configuration.tailoring, exceptions=())
    return changes.applied(packs), found


def _misnamed(packs: Sequence[Pack], configuration: Configuration) -> Iterator[Complaint]:
    """Say which changes of a configuration are for no rule, or take a name twice."""
    path = configuration.path or configuration.folder
    tailoring = configuration.tailoring
    each = [
        *(Tailoring(disabled=(name,)) for name in tailoring.disabled),
        *(Tailoring(exceptions=(one,)) for one in tailoring.exceptions),
    ]
    for one in each:
        try:
            one.check(packs, str(path))
        except ConfigurationError as error:
            yield wrong(error, path)
    try:
        tailoring.applied(packs)
    except ConfigurationError as error:
        yield wrong(error, path)


def _misrouted(packs: Sequence[Pack], configuration: Configuration) -> Iterator[Complaint]:
    """Say which rules have a route that leads nowhere, where there are destinations."""
    known = configuration.destinations
    for entry in (entry for pack in packs for entry in pack.entries if known):
        route = entry.rule.route
        if route and route not in known:
            reason = (
                f'rule "{entry.rule.name}": key "route": no destination is called "{route}";'
                f" configured are: {', '.join(known)}"
            )
            yield Complaint(Level.ERROR, "invalid", entry.place, entry.rule.name, reason)


def _shown(one: Complaint) -> Iterator[str]:
    """Give the lines of a complaint."""
    where = [one.place]
    if one.level is not Level.ERROR:
        # The text of an error names rule and key itself.
        where += [f'rule "{one.rule}"'] if one.rule != "*" else []
        where += [one.part] if one.part else []
        where.append(one.code)
    level = click.style(f"{one.level}: ", _STYLES[one.level])
    yield level + printable(f"{': '.join(where)}: {one.reason}")
    if one.pattern:
        yield from map(printable, drawn(one.pattern, one.start, one.end))
    if one.suggestion is not None:
        yield printable(f"    probably meant: {one.suggestion}")


def _sentence(counts: dict[Level, int], rules: int) -> str:
    """Say how much was found."""
    told = [_counted(count, level.value) for level, count in counts.items() if count]
    among = _counted(rules, "rule")
    if not told:
        return f"Nothing is wrong in {among}."
    *most, last = told
    return f"{', '.join(most)}{' and ' if most else ''}{last} in {among}."


def _counted(count: int, what: str) -> str:
    """Write a number of things."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def _as_json(found: list[Complaint], counts: dict[Level, int], rules: int) -> dict[str, object]:
    """Return what scripts get."""
    return {
        "rules": rules,
        "errors": counts[Level.ERROR],
        "findings": counts[Level.FINDING],
        "notes": counts[Level.NOTE],
        "complaints": [msgspec.to_builtins(one) for one in found],
    }
