"""What is found in rules, how bad it is, and what is passed over."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trailbell.errors import ConfigurationError
from trailbell.model import RuleException
from trailbell.rules import AddedException, Pack, load_rules, pack_names
from trailbell.rules.complaint import Complaint, Level
from trailbell.rules.validate import validate, wrong

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "validate_cases.toml").read_text("utf-8"))["case"]
TODAY = date(2026, 3, 14)

TWO = """
[[rule]]
name = "stopped"
pattern = '{ $.eventName = StopLogging }'
[[rule]]
name = "deleted"
pattern = '{ $.eventName = DeleteTrail }'
"""


def packs_of(text: str) -> tuple[Pack, ...]:
    """Load a rule file of the working directory, whatever is wrong in it."""
    Path("own.toml").write_text(text.removeprefix("\n"), "utf-8")
    packs = load_rules(("own.toml",), Path(), skip_invalid=True)
    assert all(str(pack.path) == "own.toml" for pack in packs)
    return packs


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_complaints(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is wrong is told, the worst first, then in the order of the rules."""
    monkeypatch.chdir(tmp_path)
    found = validate(packs_of(case["text"]), TODAY)
    if case.get("tested"):
        found = [one for one in found if one.code != "untested"]
    assert case["found"] == [[one.level, one.code, one.rule, one.part, one.reason] for one in found]


def test_place_in_a_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lint finds comes with the place in the pattern, and with what was probably meant."""
    monkeypatch.chdir(tmp_path)
    pattern = "{ $.a = x && $.ok = false }"
    (found, _) = validate(packs_of(f'[[rule]]\nname = "one"\npattern = "{pattern}"'), TODAY)
    expected = Complaint(
        Level.FINDING,
        "boolean-as-text",
        "own.toml:1",
        "one",
        'booleans never equal or differ: this asks for the text "false"',
        pattern=pattern,
        start=13,
        end=25,
        suggestion="{ $.a = x && $.ok IS FALSE }",
    )
    assert expected == found


def added(*rules: str, **fields: Any) -> AddedException:  # noqa: ANN401  any field of an exception
    """Make an exception that a configuration adds to some rules."""
    exception = RuleException("deploys", "any", **fields)
    return AddedException(rules, exception, 'trailbell.toml:3: except "deploys"')


STOP = '{ $.eventName = "Stop*" }'
ADDED = {
    "all of one": (added("*", pattern=STOP), [("nothing-left", "stopped")]),
    "none of one": (added("deleted", pattern=STOP), [("never-applies", "deleted")]),
    "none": (added("*", pattern="{ $.eventName = PutRule }"), [("never-applies", "*")]),
    "over": (added("*", pattern="deploy", until=date(2026, 3, 13)), [("expired", "*")]),
    "empty": (added("*", values=(("actor", ()),)), [("empty-list", "*")]),
    "doubtful": (added("*", pattern="a-b"), [("joined-terms", "*")]),
    "well": (added("*", pattern="deploy"), []),
}


@pytest.mark.parametrize("case", ADDED)
def test_exception_of_the_configuration(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception for many rules need not be about each of them; it is told of once."""
    monkeypatch.chdir(tmp_path)
    exception, expected = ADDED[case]
    found = [one for one in validate(packs_of(TWO), TODAY, [exception]) if one.part]
    assert expected == [(one.code, one.rule) for one in found]


def test_no_rule_at_all() -> None:
    """Without a rule there is nothing to complain of."""
    over = added("*", pattern="deploy", until=date(2026, 3, 13))
    assert [] == validate([], TODAY, [over])


@pytest.mark.parametrize("name", pack_names())
def test_packs_that_ship(name: str) -> None:
    """No shipped rule has a doubtful pattern, or one that nothing can be looked for in."""
    found = validate(load_rules((name,), HERE, skip_invalid=True), TODAY)
    assert set() == {one.code for one in found} - {"overlap"}
    if name == "essentials":
        assert [] == found


def test_place_of_an_error() -> None:
    """The line of an error is told apart from its text, where it names one."""
    path = Path("a+b.toml")
    for text, place, reason in (
        ('a+b.toml:3: rule "x": wrong', "a+b.toml:3", 'rule "x": wrong'),
        ("a+b.toml:3:7: is not legal TOML", "a+b.toml:3:7", "is not legal TOML"),
        ("a+b.toml: holds no rule", "a+b.toml", "holds no rule"),
        ("something else: 3: wrong", "a+b.toml", "something else: 3: wrong"),
    ):
        found = wrong(ConfigurationError(text), path)
        assert (place, reason) == (found.place, found.reason)
