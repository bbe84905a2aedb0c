"""The page on rules: who follows it gets what it shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sessions import ROOT, run_session
from trailbell.configuration import load_configuration
from trailbell.rules import load_rules, pack_names

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(toml|console)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# ([\w./-]+\.toml)\n")


def test_ten_minutes(tmp_path: Path) -> None:
    """The sessions of the page, in their order and with the files that it shows, print that."""
    assert 5 < sum(kind == "console" for kind, _ in BLOCKS)
    for kind, text in BLOCKS:
        named = NAMED.match(text)
        if kind == "console":
            run_session(text, tmp_path)
        elif named:
            (tmp_path / named[1]).write_text(text, "utf-8")


def test_examples_are_legal(tmp_path: Path) -> None:
    """Every piece of a rule file on the page loads, below a rule that it belongs to."""
    pieces = [text for kind, text in BLOCKS if kind == "toml" and not NAMED.match(text)]
    assert pieces
    for piece in pieces:
        path = tmp_path / "own.toml"
        head = '[lists]\ndeploy_roles = []\n[[rule]]\nname = "own"\npattern = "x"\n'
        path.write_text(head + piece, "utf-8")
        (pack,) = load_rules(["own.toml"], tmp_path)
        assert ["own"] == [rule.name for rule in pack.rules]


def test_packs_are_counted() -> None:
    """The page names every pack, and how many rules the default has."""
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (.+) \|$", PAGE.partition("## The packs")[2], re.MULTILINE
    )
    told = dict(rows[: len(pack_names())])
    assert set(pack_names()) == set(told)
    counts = {pack.name: len(pack.entries) for pack in load_rules(pack_names(), Path())}
    assert f" {counts['essentials']} rules " in told["essentials"]


def test_configuration_page_is_legal(tmp_path: Path) -> None:
    """The example of the configuration page is a configuration."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    assert {"rules", "disabled", "destination", "route", "except"} <= tomllib.loads(example).keys()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.toml").write_text('[[rule]]\nname = "own"\npattern = "x"\n', "utf-8")
    path = tmp_path / "trailbell.toml"
    path.write_text(example, "utf-8")
    packs = load_configuration(path).load_rules()
    assert ["essentials", "own"] == [pack.name for pack in packs]
