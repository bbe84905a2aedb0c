"""``trailbell rules``: the rules that there are, and what one of them asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.options import config_option
from trailbell.configuration import find_configuration
from trailbell.durations import format_duration
from trailbell.errors import ConfigurationError
from trailbell.model import Rule, Severity
from trailbell.pattern import Explanation
from trailbell.preview import preview, printable
from trailbell.rules import Pack, load_rules, pack_names
from trailbell.toml_words import close_matches

_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
# How a pattern is coloured: first what may hold anything, so that it is not coloured twice.
_COLOURS = (
    (r"&&|\|\||(?<![\w\"])(?:NOT EXISTS|IS|EXISTS|NULL|TRUE|FALSE)\b|!=|[<>]=?|=", "magenta"),
    (r"\$[^\s=!<>()]*", "cyan"),
    (r'"(?:[^"\\]|\\.)*"|%[^%]*%', "green"),
)

_files_argument = click.argument("files", nargs=-1, metavar="[PACK|FILE]...")


@dataclass(frozen=True, slots=True)
class _Placed:
    """Hold a rule with the pack that it is of, and the line of its table in a file of one's own."""

    rule: Rule
    pack: str
    place: str


@click.group(short_help="List the rules, or show one.")
def rules() -> None:
    """List the rules that there are, or show what one of them asks.

    \b
    Example:
      trailbell rules list
    """


@rules.command("list", short_help="List the rules.")
@_files_argument
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_rules(files: tuple[str, ...], config: Path | None, *, as_json: bool) -> int:
    """List the rules of the configuration and of every pack that ships, or of those named.

    \b
    Example:
      trailbell rules list cis
    """
    found = _found(files, config)
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], indent=2))
        return Exit.OK
    table = Table("name", "severity", "title", "pack", box=None, header_style="dim", pad_edge=False)
    for one in found:
        severity = Text(one.rule.severity, _STYLES[one.rule.severity])
        table.add_row(one.rule.name, severity, Text(printable(one.rule.title)), Text(one.pack))
    print_all(table)
    return Exit.OK


@rules.command("show", short_help="Show one rule.")
@click.argument("name")
@_files_argument
@config_option
def show_rule(name: str, files: tuple[str, ...], config: Path | None) -> int:
    """Show a rule with all that it says, its pattern laid out and in plain words.

    \b
    Example:
      trailbell rules show root-usage
    """
    found = _found(files, config)
    one = next((one for one in found if one.rule.name == name), None)
    if one is None:
        near = close_matches(name, [one.rule.name for one in found])
        advice = f"did you mean {near}?" if near else '"trailbell rules list" shows all'
        raise ConfigurationError(f"rule {preview(name)}: there is no such rule; {advice}")
    print_all(*_shown(one))
    return Exit.OK


def _shown(one: _Placed) -> Iterator[RenderableType]:
    """Give the parts of what is shown of a rule."""
    rule = one.rule
    yield Text.assemble((rule.name, "bold"), f"  {printable(rule.title)}")
    facts = Table.grid(padding=(0, 2))
    for label, value in _facts(one):
        facts.add_row(Text(label, "dim"), value)
    yield facts
    if rule.description:
        yield Text(f"\n{printable(rule.description)}")
    yield Text("\npattern", "dim")
    yield Padding(_coloured("\n".join(laid_out(rule))), (0, 0, 0, 4), expand=False)
    yield Text("\nin plain words", "dim")
    words = "\n".join(_in_words(rule.any_of[0].compiled.explain()))
    yield Padding(Text(printable(words)), (0, 0, 0, 4), expand=False)


def laid_out(rule: Rule) -> list[str]:
    """Return the lines of a rule's pattern: a condition a line, groups indented.

    Together they are a pattern that equals the rule's.
    """
    explanation = rule.any_of[0].compiled.explain()
    if not explanation.children or not rule.any_of[0].text.lstrip().startswith("{"):
        return [printable(rule.any_of[0].text).strip()]
    return ["{", *(f"  {line}" for line in _condition(explanation)), "}"]


def _condition(part: Explanation) -> Iterator[str]:
    """Give the lines of a condition, each but the first with what joins it to the one before."""
    joint = "&& " if part.joined == "all" else "|| "
    for number, child in enumerate(part.children):
        lead = joint if number else ""
        if child.children:
            yield f"{lead}("
            yield from (f"  {line}" for line in _condition(child))
            yield ")"
        else:
            yield f"{lead}{child.text}"


def _in_words(part: Explanation, depth: int = 0) -> Iterator[str]:
    """Give what a part of a pattern asks, and beneath it what its parts ask."""
    indent = "  " * depth
    note = f" ({part.note})" if part.note else ""
    yield f"{indent}{part.words}{':' if part.children else ''}{note}"
    for child in part.children:
        yield from _in_words(child, depth + 1)


def _facts(one: _Placed) -> Iterator[tuple[str, Text]]:
    """Give what a rule says beside its pattern, by its keys; what it leaves out is left out."""
    rule = one.rule
    yield "severity", Text(rule.severity, _STYLES[rule.severity])
    yield "pack", Text(f"{one.pack}, {one.place}" if one.place else one.pack)
    if rule.threshold:
        within = format_duration(rule.threshold.within)
        yield "threshold", Text(f"{rule.threshold.count} within {within}")
    texts = (
        ("group by", ", ".join(rule.group_by)),
        ("route", rule.route),
        ("references", ", ".join(rule.references)),
        ("runbook", rule.runbook),
    )
    yield from ((label, Text(printable(text))) for label, text in texts if text)


def _as_json(one: _Placed) -> dict[str, object]:
    """Return what scripts get of a rule; lengths are written as rule files write them."""
    threshold = one.rule.threshold
    return {
        "name": one.rule.name,
        "pack": one.pack,
        "severity": one.rule.severity.value,
        "patterns": [each.text for each in one.rule.any_of],
        "references": list(one.rule.references),
        "threshold": threshold
        and {"count": threshold.count, "within": f"{threshold.within.total_seconds():g}s"},
    }


def _found(files: tuple[str, ...], config: Path | None) -> list[_Placed]:
    """Load the rules: those named, else the configured ones and then the packs that ship.

    A configured rule may have the name of one in a pack that is not configured, so the two are
    loaded apart. Raises ConfigurationError where one is wrong.
    """
    if files:
        return _placed(load_rules(files, Path.cwd()))
    configuration = find_configuration(config, Path())
    own = load_rules(configuration.rules, configuration.folder)
    shipped = load_rules(pack_names(), Path.cwd())
    known = {pack.path for pack in own}
    return _placed((*own, *(pack for pack in shipped if pack.path not in known)))


def _placed(packs: tuple[Pack, ...]) -> list[_Placed]:
    """Say of each rule where it is from; the place of those that ship tells nobody anything."""
    shipped = {pack.path for pack in load_rules(pack_names(), Path.cwd())}
    return [
        _Placed(entry.rule, pack.name, "" if pack.path in shipped else entry.place)
        for pack in packs
        for entry in pack.entries
    ]


def _coloured(pattern: str) -> Text:
    """Return a pattern with its selectors, operators and texts told apart."""
    text = Text(printable(pattern))
    for regex, style in _COLOURS:
        text.highlight_regex(regex, style)
    return text
