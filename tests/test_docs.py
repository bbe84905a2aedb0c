"""The documentation says what is, and names nothing that is not."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from trailbell.cli import cli
from trailbell.configuration import (
    ConfigurationFile,
    DestinationTable,
    ExceptFor,
    GroupTable,
    RouteTable,
)
from trailbell.counts import Counts
from trailbell.rules.shapes import RuleFile, RuleTable, RuleTestTable, SampleTable

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def test_commands_page_is_current() -> None:
    """docs/commands.md is what tools/make_commands.py writes."""
    spec = importlib.util.spec_from_file_location(
        "make_commands", ROOT / "tools" / "make_commands.py"
    )
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert maker.document() == (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_every_key_is_documented() -> None:
    """The pages name every key of rule files and configuration, and every count."""
    pages = [ROOT / "docs" / name for name in ("rules.md", "configuration.md")]
    page = "".join(path.read_text(encoding="utf-8") for path in pages)
    of_rules = (RuleFile, RuleTable, RuleTestTable, SampleTable)
    of_configuration = (ConfigurationFile, DestinationTable, RouteTable, GroupTable, ExceptFor)
    keys = {
        name
        for struct in (*of_rules, *of_configuration)
        for name in struct.__struct_encode_fields__
    }
    keys |= {name for name in Counts.__slots__ if not name.startswith("_")}
    assert set() == {key for key in keys if f"`{key}`" not in page}


def every_command(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Give a command with its full name, and all below it."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            yield from every_command(below, f"{name} {word}")


COMMANDS = dict(every_command(cli, "trailbell"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    """Every command that a page names exists, and has the options that stand behind it."""
    text = page.read_text(encoding="utf-8")
    for said in re.findall(r"(?m)(?:^ *|[`($]|\| |\$ )(trailbell [a-z][^`|\n]*)", text):
        name, *words = said.split()
        while words and f"{name} {words[0]}" in COMMANDS:
            name = f"{name} {words.pop(0)}"
        assert name != "trailbell", said
        known = {option for one in COMMANDS[name].params for option in one.opts}
        named = re.findall(r"(?<= )--[a-z-]+", said)
        assert set() == set(named) - known - {"--help"}, said


def test_changelog_names_every_command() -> None:
    """Whoever reads the changelog hears of every command."""
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    leaves = {
        name.replace("trailbell rules", "rules")
        for name, command in COMMANDS.items()
        if not isinstance(command, click.Group)
    }
    assert set() == {name for name in leaves if name not in changes}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file of the project."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    relative = [link for link in links if "://" not in link]
    assert [] == [link for link in relative if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_exist(page: Path) -> None:
    """Every path of the source, the tests or the tools that a page names exists."""
    named = re.findall(
        r"`((?:src|tests|tools|docs|bench|fuzz)/[\w./*-]+)`", page.read_text(encoding="utf-8")
    )
    assert [] == [path for path in named if not list(ROOT.glob(path.rstrip("/")))]
