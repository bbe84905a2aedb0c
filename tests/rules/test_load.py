"""Rule files and packs: what they say, and what is wrong in them."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from trailbell.errors import ConfigurationError
from trailbell.model import Rule, Severity, Threshold
from trailbell.rules import DEFAULT_PACK, Entry, Pack, load_file, load_rules, pack_names

HERE = Path(__file__).parent
ERRORS = tomllib.loads((HERE / "rule_file_errors.toml").read_text("utf-8"))["case"]
LONG = 5_000

FULL = """
description = "Our own."

[[rule]]
name = "trail-tampering"
title = "CloudTrail was changed or stopped"
severity = "critical"
pattern = '{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) }'
description = "Someone who stops the trail hides what comes next."
references = ["CIS 5.5", "T1562.008"]
runbook = "https://wiki.example.com/trail"
group_by = ["actor", "$.requestParameters.name"]
threshold = { count = 5, within = "5m" }
route = "security"

[[rule]]
name = "any-denial"
pattern = "denied"
"""


def rule_file(path: Path, *names: str) -> Path:
    """Write a rule file with rules of these names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rules = (f'[[rule]]\nname = "{name}"\npattern = "x"\n' for name in names)
    path.write_text("\n".join(rules), "utf-8")
    return path


def test_every_key(tmp_path: Path) -> None:
    """A rule says all that its table does; one with a name and a pattern gets the rest."""
    path = tmp_path / "own.toml"
    path.write_text(FULL, "utf-8")
    first = Rule(
        name="trail-tampering",
        pattern="{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) }",
        title="CloudTrail was changed or stopped",
        severity=Severity.CRITICAL,
        description="Someone who stops the trail hides what comes next.",
        references=("CIS 5.5", "T1562.008"),
        runbook="https://wiki.example.com/trail",
        group_by=("actor", "$.requestParameters.name"),
        threshold=Threshold(5, timedelta(minutes=5)),
        route="security",
    )
    second = Rule("any-denial", "denied", title="any denial")
    entries = (Entry(first, f"{path}:4"), Entry(second, f"{path}:16"))
    assert Pack("own", path, "Our own.", entries) == load_file(path)


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case["name"])
def test_error_in_rule_file(
    case: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error names file, line, rule and key, what belongs there and what was found."""
    monkeypatch.chdir(tmp_path)
    path = Path("own.toml")
    path.write_text(case["text"].replace("<long>", case.get("long", "") * LONG), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_file(path)
    assert case["error"] == str(caught.value)


def test_packs_that_ship() -> None:
    """The packs load together under their names, and the default is one of them."""
    packs = load_rules(pack_names(), HERE)
    assert pack_names() == tuple(pack.name for pack in packs)
    assert DEFAULT_PACK in pack_names()
    assert all(pack.description for pack in packs)


def test_files_of_a_folder(tmp_path: Path) -> None:
    """A path with a star takes all files, in the order of their names, and each file once."""
    rule_file(tmp_path / "rules" / "b.toml", "second")
    rule_file(tmp_path / "rules" / "a.toml", "first")
    rule_file(tmp_path / "rules" / "deep" / "c.toml", "third")
    names = ("rules/*.toml", "rules/b.toml", "rules/../rules/a.toml", "rules/**/c.toml")
    found = [pack.name for pack in load_rules(names, tmp_path)]
    assert ["a", "b", "c"] == found


def test_absolute_paths(tmp_path: Path) -> None:
    """An absolute path is one, with a star too."""
    path = rule_file(tmp_path / "a.toml", "first")
    for name in (str(path), f"{tmp_path}/*.toml"):
        assert [path] == [pack.path for pack in load_rules((name,), HERE)]


def test_star_in_the_folder(tmp_path: Path) -> None:
    """A star in the name of the folder that paths are relative to is a character like any."""
    folder = tmp_path / "a[b]*"
    path = rule_file(folder / "a.toml", "first")
    assert [path] == [pack.path for pack in load_rules(("*.toml",), folder)]


def test_error_name_is_taken(tmp_path: Path) -> None:
    """Two rules of one name, in one file or in two, are an error that names both places."""
    both = rule_file(tmp_path / "a.toml", "one", "one")
    with pytest.raises(ConfigurationError) as caught:
        load_rules(("a.toml",), tmp_path)
    expected = (
        f'{both}:5: rule "one": the name is taken by the rule at {both}:1; rename one of them'
    )
    assert expected == str(caught.value)

    rule_file(tmp_path / "b.toml", "two")
    other = rule_file(tmp_path / "c.toml", "three", "two")
    with pytest.raises(ConfigurationError) as caught:
        load_rules(("b.toml", "c.toml"), tmp_path)
    expected = (
        f'{other}:5: rule "two": the name is taken by the rule at {tmp_path}/b.toml:1;'
        " rename one of them"
    )
    assert expected == str(caught.value)


PACKS = "the packs are aws-template, cis, essentials, and paths are relative to {}"
NO_FILES = [
    ("csi", f'rules "csi": no such pack or file; did you mean "cis"? {PACKS}'),
    ("none/*.toml", f'rules "none/*.toml": no such pack or file; {PACKS}'),
    ("", f'rules "": no such pack or file; {PACKS}'),
    ("a\x00b", f'rules "a b": no such pack or file; {PACKS}'),
    ("rules/", 'rules "rules/": is a folder; write "rules/*.toml" for the files in it'),
]


@pytest.mark.parametrize(("name", "message"), NO_FILES, ids=lambda value: ascii(value[:12]))
def test_error_no_file(name: str, message: str, tmp_path: Path) -> None:
    """A name that is neither pack nor file is an error that lists the packs."""
    (tmp_path / "rules").mkdir()
    with pytest.raises(ConfigurationError) as caught:
        load_rules((name,), tmp_path)
    assert message.format(tmp_path) == str(caught.value)
