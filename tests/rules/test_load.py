"""Rule files and packs: what they say, and what is wrong in them."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from trailbell.errors import ConfigurationError
from trailbell.model import NamedPattern, Rule, RuleException, Severity, Threshold
from trailbell.rules import (
    DEFAULT_PACK,
    Entry,
    Pack,
    RuleTest,
    Sample,
    load_file,
    load_rules,
    pack_names,
)

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
enabled = false
published_pattern = "{ not legal"
tags = ["attack.t1562.008"]
false_positives = ["planned maintenance"]
imported = { id = "1234" }

[[rule.except]]
name = "nightly"
reason = "recreates the trail"
pattern = "nightly"
until = 2027-06-30

[[rule.except]]
name = "deploys"
reason = "they may"
values = { actor = { list = "deploy_roles" }, "$.requestParameters.name" = ["x*", "y"] }

[[rule.test]]
name = "stops"
matches = false
except = "nightly"
file = "records/stop.json"

[[rule.test]]
matches = true
record = { eventName = "StopLogging" }
times = ["0s", "1.5m"]

[[rule.test]]
matches = true
records = [{ at = "1s", record = "x" }, { at = "2s", file = "y" }]

[[rule]]
name = "any-denial"
[rule.patterns]
denied = "denied"
refused = "refused"

[lists]
deploy_roles = ["deploy"]
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
        exceptions=(
            RuleException("nightly", "recreates the trail", "nightly", until=date(2027, 6, 30)),
            RuleException(
                "deploys",
                "they may",
                values=(("actor", ("deploy",)), ("$.requestParameters.name", ("x*", "y"))),
            ),
        ),
    )
    stop = '{"eventName":"StopLogging"}'
    tests = (
        RuleTest(
            "stops",
            f"{path}:32",
            matches=False,
            samples=(Sample("", tmp_path / "records" / "stop.json"),),
            exception="nightly",
        ),
        RuleTest(
            "test 2",
            f"{path}:38",
            matches=True,
            samples=(Sample(stop), Sample(stop, at=90)),
            timed=True,
        ),
        RuleTest(
            "test 3",
            f"{path}:43",
            matches=True,
            samples=(Sample("x", at=1), Sample("", tmp_path / "y", at=2)),
            timed=True,
        ),
    )
    named = (NamedPattern("denied", "denied"), NamedPattern("refused", "refused"))
    second = Rule("any-denial", title="any denial", patterns=named)
    entries = (
        Entry(
            first,
            f"{path}:4",
            enabled=False,
            published_pattern="{ not legal",
            tags=("attack.t1562.008",),
            false_positives=("planned maintenance",),
            imported={"id": "1234"},
            tests=tests,
        ),
        Entry(second, f"{path}:47"),
    )
    pack = load_file(path)
    assert Pack("own", path, "Our own.", entries) == pack
    assert (second,) == pack.rules


def test_lists_of_the_configuration(tmp_path: Path) -> None:
    """A list that the configuration has takes the place of the file's list of that name."""
    path = tmp_path / "own.toml"
    path.write_text(FULL, "utf-8")
    for lists, expected in (({"deploy_roles": ["ours"]}, ("ours",)), ({"x": []}, ("deploy",))):
        found = load_file(path, lists=lists).entries[0].rule.exceptions[1]
        assert ("actor", expected) == found.values[0]


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


GOOD = '[[rule]]\nname = "good"\npattern = "x"\n'
BAD = '[[rule]]\nname = "bad"\npattern = "{ $.a }"\n'
ERROR = """:4: rule "bad": expected a comparison, IS or NOT EXISTS after $.a, found "}"
    { $.a }
          ^
hint: write $.a IS TRUE for a boolean, $.a = * for a text or number"""
SKIPPED = {
    "a bad rule": (GOOD + BAD, ["good"], [("bad", ERROR)]),
    "a bad test": (
        GOOD + BAD.replace("{ $.a }", "x") + "[[rule.test]]\nmatches = true\n",
        ["good"],
        [
            (
                "bad",
                ':7: rule "bad": test 1: expected one of the keys "record", "file" and "records"',
            )
        ],
    ),
    "rules without names": (
        GOOD + "[[rule]]\n[[rule]]\nname = 3\n",
        ["good"],
        [
            ("", ':4: rule 2: the key "name" is missing'),
            (
                "",
                (
                    ':5: rule 3: key "name": expected a name such as "root-login": a-z, 0-9,'
                    " single hyphens, 80 characters at most, found 3"
                ),
            ),
        ],
    ),
    "bad TOML": (
        "[[rule",
        [],
        [
            (
                "",
                (
                    ": is not legal TOML: expected ']]' at the end of an array declaration"
                    " (at end of document)"
                ),
            )
        ],
    ),
    "a wrong key at the top": (
        "rules = []\n" + GOOD,
        [],
        [("", ': unknown key "rules"; did you mean "rule"?')],
    ),
    "no rule": ("", [], [("", ": holds no rule; a rule is a [[rule]] table")]),
    "a rule that is a number": ("rule = [3]", [], [("", ": rule 1: expected a table, found 3")]),
    "a name that is taken": (
        GOOD + GOOD,
        ["good"],
        [
            (
                "good",
                ':4: rule "good": the name is taken by the rule at {path}:1; rename one of them',
            )
        ],
    ),
}


@pytest.mark.parametrize("case", SKIPPED)
def test_skip_invalid(case: str, tmp_path: Path) -> None:
    """What is wrong is left out and named with its error; the other rules are there."""
    text, names, errors = SKIPPED[case]
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    (pack,) = load_rules(("own.toml",), tmp_path, skip_invalid=True)
    assert names == [rule.name for rule in pack.rules]
    expected = [
        (path, name, f"{path}{error}".replace("{path}", str(path))) for name, error in errors
    ]
    assert expected == [(one.path, one.rule, str(one.error)) for one in pack.invalid]


def test_skip_invalid_keeps_the_rest(tmp_path: Path) -> None:
    """A rule beside one that is left out is what it is when nothing is wrong."""
    path = tmp_path / "own.toml"
    path.write_text(FULL, "utf-8")
    whole = load_file(path)
    assert whole == load_file(path, skip_invalid=True)
    path.write_text(f"{FULL}\n{BAD}", "utf-8")
    assert whole.entries == load_file(path, skip_invalid=True).entries


def test_error_no_file_is_not_skipped(tmp_path: Path) -> None:
    """A name that stands for nothing is an error, whatever else may be skipped."""
    with pytest.raises(ConfigurationError):
        load_rules(("none.toml",), tmp_path, skip_invalid=True)


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
ADVICE = "it is a rule of the pack essentials: name the pack"
NO_FILES = [
    ("csi", f'rules "csi": no such pack or file; did you mean "cis"? {PACKS}'),
    (
        "root-used",
        f'rules "root-used": no such pack or file; {ADVICE}; {PACKS}',
    ),
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
