"""``trailbell rules validate`` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kit

TESTS = """\
[[rule.test]]
matches = true
record = "x"
[[rule.test]]
matches = false
record = "y"
"""
OWN = f"""\
[[rule]]
name = "doubtful"
pattern = '{{ $.eventName = StopLogging && $.readOnly = false }}'
[[rule.except]]
name = "past"
reason = "any"
pattern = "deploy"
until = 2001-01-01
{TESTS}
[[rule]]
name = "broken"
pattern = "{{"

[[rule]]
name = "doubtful"
pattern = "x"
"""
OTHER = """\
[[rule]]
name = "other"
pattern = "x"
"""
CONFIGURATION = """
rules = ["own.toml", "none.toml", "other.toml"]
disabled = ["dobtful"]
[[except]]
rule = ["other", "others"]
name = "x"
reason = "any"
pattern = "z"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with two rule files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    (tmp_path / "other.toml").write_text(OTHER, "utf-8")
    return tmp_path


def validate(*arguments: str) -> kit.Ended:
    """Run the command, and shorten the paths that it names."""
    ended = kit.trailbell("rules", "validate", *arguments)
    return kit.Ended(ended.exit, ended.out.replace(f"{Path.cwd()}/", ""), ended.err)


def test_all_that_is_wrong() -> None:
    """Errors, findings and notes are told together, with place, rule and pattern."""
    expected = """\
error: own.toml:16: rule "broken": a pattern that begins with "{" must end with "}"
    {
    ^
error: own.toml:20: rule "doubtful": the name is taken by the rule at own.toml:1; rename one of them
finding: own.toml:1: rule "doubtful": boolean-as-text: booleans never equal or differ: this asks \
for the text "false"
    { $.eventName = StopLogging && $.readOnly = false }
                                   ~~~~~~~~~~~~~~~~~^
    probably meant: { $.eventName = StopLogging && $.readOnly IS FALSE }
finding: own.toml:1: rule "doubtful": except "past": expired: its last day was 2001-01-01; take it \
out, or renew it
2 errors and 2 findings in 3 rules.
"""
    assert kit.Ended(2, expected, "") == validate("own.toml")


def test_exit_statuses() -> None:
    """The status is that of the worst: a note alone is success, and so is nothing at all."""
    note = 'note: other.toml:1: rule "other": untested: has no test; [[rule.test]] below it is one'
    assert kit.Ended(0, f"{note}\n1 note in 1 rule.\n", "") == validate("other.toml")
    Path("other.toml").write_text(OTHER + TESTS, "utf-8")
    assert kit.Ended(0, "Nothing is wrong in 1 rule.\n", "") == validate("other.toml")
    Path("other.toml").write_text(OTHER.replace('"x"', '"-x"') + TESTS, "utf-8")
    assert validate("other.toml").exit == 1


def test_configuration() -> None:
    """Without a name the configured rules are checked, and the names that the changes are for."""
    Path("trailbell.toml").write_text(CONFIGURATION, "utf-8")
    ended = validate()
    assert ended.exit == 2
    errors = [line for line in ended.out.splitlines() if line.startswith("error: trailbell.toml")]
    assert [
        'error: trailbell.toml: rules "none.toml": no such pack or file; the',
        'error: trailbell.toml: key "disabled": no rule is called "dobtful";',
        'error: trailbell.toml:4: except "x": key "rule": no rule is called ',
    ] == [line[:67] for line in errors]


def test_error_named_file() -> None:
    """A name of the command line that stands for no file is not laid at the configuration."""
    Path("trailbell.toml").write_text('rules = ["essentials"]', "utf-8")
    ended = validate("none.toml")
    assert ended.exit == 2
    assert ended.out.startswith('error: none.toml: rules "none.toml": no such pack or file; the')


def test_route_that_leads_nowhere() -> None:
    """A rule whose destination is not configured is an error, as it is for a run."""
    Path("other.toml").write_text(f'{OTHER}route = "ops"\n{TESTS}', "utf-8")
    configuration = 'rules = ["other.toml"]\n[destination.{}]\ntype = "terminal"\n'
    Path("trailbell.toml").write_text(configuration.format("screen"), "utf-8")
    error = (
        'error: other.toml:1: rule "other": key "route": no destination is called "ops";'
        " configured are: screen\n1 error in 1 rule.\n"
    )
    assert kit.Ended(2, error, "") == validate()
    Path("trailbell.toml").write_text(configuration.format("ops"), "utf-8")
    assert kit.Ended(0, "Nothing is wrong in 1 rule.\n", "") == validate()


def test_exception_name_is_taken() -> None:
    """An exception of the configuration with the name of a rule's own is an error."""
    text = 'rules = ["own.toml"]\n[[except]]\nname = "past"\nreason = "any"\npattern = "z"\n'
    Path("trailbell.toml").write_text(text, "utf-8")
    assert (
        'error: trailbell.toml:2: except "past": the rule "doubtful" has an exception of this name'
        " already; rename it\n" in validate().out
    )


def test_default_without_a_configuration() -> None:
    """Without a configuration the default pack is checked; there is nothing wrong in it."""
    ended = validate()
    assert (0, "") == (ended.exit, ended.err)
    assert ended.out.startswith("Nothing is wrong in ")


def test_json() -> None:
    """Scripts get one object, with the numbers and every complaint."""
    ended = validate("--json", "other.toml")
    assert ended.exit == 0
    complaint = {
        "level": "note",
        "code": "untested",
        "place": "other.toml:1",
        "rule": "other",
        "reason": "has no test; [[rule.test]] below it is one",
        "part": "",
        "pattern": "",
        "start": 0,
        "end": 0,
        "suggestion": None,
    }
    expected = {"rules": 1, "errors": 0, "findings": 0, "notes": 1, "complaints": [complaint]}
    assert expected == json.loads(ended.out)
