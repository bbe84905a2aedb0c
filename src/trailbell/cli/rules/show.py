"""``trailbell rules show``: all that one rule says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trailbell.cli.completers import complete_rules
from trailbell.cli.consoles import print_all
from trailbell.cli.exits import Exit
from trailbell.cli.options import config_option
from trailbell.cli.rules.chosen import (
    chosen_packs,
    files_argument,
    severity_text,
    shipped_paths,
)
from trailbell.durations import format_duration
from trailbell.errors import ConfigurationError
from trailbell.model import NamedPattern, RuleException
from trailbell.pattern import Explanation
from trailbell.pattern.parser import MAX_LENGTH
from trailbell.preview import preview, printable
from trailbell.rules import Entry, Pack, RuleTest
from trailbell.toml_words import close_matches

# How a pattern is coloured: first what may hold anything, so that it is not coloured twice.
_COLOURS = (
    (r"&&|\|\||(?<![\w\"])(?:NOT EXISTS|IS|EXISTS|NULL|TRUE|FALSE)\b|!=|[<>]=?|=", "magenta"),
    (r"\$[^\s=!<>()]*", "cyan"),
    (r'"(?:[^"\\]|\\.)*"|%[^%]*%', "green"),
)


@click.command(short_help="Show one rule.")
@click.argument("name", shell_complete=complete_rules)
@files_argument
@config_option
def show_rule(name: str, files: tuple[str, ...], config: Path | None) -> int:
    """Show a rule with all that it says, its pattern laid out and in plain words.

    \b
    Example:
      trailbell rules show root-used
    """
    packs = chosen_packs(files, config)
    known = [(pack, entry) for pack in packs for entry in pack.entries]
    found = next(((pack, entry) for pack, entry in known if entry.rule.name == name), None)
    if found is None:
        near = close_matches(name, [entry.rule.name for _, entry in known])
        advice = f"did you mean {near}?" if near else '"trailbell rules list" shows all'
        raise ConfigurationError(f"rule {preview(name)}: there is no such rule; {advice}")
    print_all(*_shown(*found))
    return Exit.OK


def _shown(pack: Pack, entry: Entry) -> Iterator[RenderableType]:
    """Give the parts of what is shown of a rule."""
    rule = entry.rule
    yield Text.assemble((rule.name, "bold"), f"  {printable(rule.title)}")
    facts = Table.grid(padding=(0, 2))
    facts.add_row(Text("severity", "dim"), severity_text(rule.severity))
    for label, value in _facts(pack, entry):
        facts.add_row(Text(label, "dim"), Text(printable(value)))
    yield facts
    if rule.description:
        yield Text(f"\n{printable(rule.description)}")
    for one in rule.any_of:
        named = f" {preview(one.name)}" if one.name else ""
        yield Text(f"\npattern{named}", "dim")
        yield _indented(_coloured("\n".join(laid_out(one))))
        yield Text("\nin plain words", "dim")
        yield _indented(Text(printable("\n".join(_in_words(one.compiled.explain())))))
    yield from _published(entry)
    yield from _listed("exceptions", [line for one in rule.exceptions for line in _excepted(one)])
    yield from _listed("false positives", entry.false_positives)
    yield from _listed("tests", [f"{_verdict(test)}: {test.name}" for test in entry.tests])


def _facts(pack: Pack, entry: Entry) -> Iterator[tuple[str, str]]:
    """Give what a rule says beside its pattern, by its keys; what it leaves out is left out."""
    rule = entry.rule
    shipped = pack.path.resolve() in shipped_paths()
    yield "pack", pack.name if shipped or not entry.place else f"{pack.name}, {entry.place}"
    if not entry.enabled:
        yield "enabled", "no, it never runs"
    if rule.threshold:
        within = format_duration(rule.threshold.within)
        yield "threshold", f"{rule.threshold.count} within {within}"
    texts = (
        ("group by", ", ".join(rule.group_by)),
        ("route", rule.route),
        ("references", ", ".join(rule.references)),
        ("tags", ", ".join(entry.tags)),
        ("runbook", rule.runbook),
        ("imported", ", ".join(f"{key} {text}" for key, text in entry.imported.items())),
    )
    yield from ((label, text) for label, text in texts if text)


def _published(entry: Entry) -> Iterator[RenderableType]:
    """Show the published text that a rule mends, and how to have it run instead."""
    text = entry.published_pattern
    if not text:
        return
    if text == entry.rule.pattern:
        yield Text("\nthe pattern is the published one, to the character", "dim")
        return
    yield Text("\npublished pattern; it runs instead with published_patterns = true", "dim")
    yield _indented(_coloured(text))


def _excepted(one: RuleException) -> Iterator[str]:
    """Say when an exception holds, and why."""
    until = f" (until {one.until})" if one.until else ""
    yield f"{one.name}: {one.reason}{until}"
    if not one.values:
        yield f"    {one.pattern}"
    for name, values in one.values:
        yield f"    {name}: {', '.join(values) or 'nothing, since its list is empty'}"


def _verdict(test: RuleTest) -> str:
    """Say what a test expects."""
    if test.exception:
        return f'exception "{test.exception}"'
    if test.timed:
        return "rings" if test.matches else "stays silent"
    return "matches" if test.matches else "does not match"


def _listed(label: str, lines: tuple[str, ...] | list[str]) -> Iterator[RenderableType]:
    """Show some lines under a label, nothing where there are none."""
    if lines:
        yield Text(f"\n{label}", "dim")
        yield _indented(Text(printable("\n".join(lines))))


def _indented(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 4), expand=False)


def laid_out(pattern: NamedPattern) -> list[str]:
    """Return the lines of a pattern: a condition a line, groups indented if there is room.

    Together they are a pattern that equals it.
    """
    explanation = pattern.compiled.explain()
    whole = [printable(pattern.text).strip()]
    if not explanation.children or not pattern.text.lstrip().startswith("{"):
        return whole
    lines = ["{", *(f"  {line}" for line in _condition(explanation)), "}"]
    # Blanks count among the characters that a pattern may have.
    for shown in (lines, [line.strip() for line in lines]):
        if len("\n".join(shown)) <= MAX_LENGTH:
            return shown
    return whole


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


def _coloured(pattern: str) -> Text:
    """Return a pattern with its selectors, operators and texts told apart."""
    text = Text(printable(pattern))
    for regex, style in _COLOURS:
        text.highlight_regex(regex, style)
    return text
