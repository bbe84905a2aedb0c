"""The packs that ship: each rule against records that it must and must not match."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trailbell.errors import PatternSyntaxError
from trailbell.model import Rule, Severity
from trailbell.pattern import compile_pattern
from trailbell.rules import load_rules

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """Hold a record and the verdict on it of a rule, and of the published pattern."""

    rule: str
    name: str
    matches: bool
    record: str
    published: bool | None = None


def read_table(name: str) -> dict[str, Any]:
    """Read a data file of this folder."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


PUBLISHED: dict[str, dict[str, str]] = read_table("published.toml")
PATTERN_BY_RULE = PUBLISHED["aws-template"] | PUBLISHED["cis"]
CASES = [Case(**case) for case in read_table("pack_cases.toml")["case"]]
MENDED = [case for case in CASES if case.published is not None]
RULES = {rule.name: rule for pack in load_rules(tuple(PUBLISHED), HERE) for rule in pack.rules}


def case_id(case: Case) -> str:
    """Name a case in the report."""
    return f"{case.rule}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_rule_gives_the_verdict(case: Case) -> None:
    """A rule matches the records that it is for and leaves their look-alikes alone."""
    assert case.matches == bool(RULES[case.rule].holding(case.record))


@pytest.mark.parametrize("case", MENDED, ids=case_id)
def test_published_pattern_gives_the_other_verdict(case: Case) -> None:
    """What a mended rule claims about the published text is true of it."""
    published = compile_pattern(PATTERN_BY_RULE[case.rule])
    assert (case.published, not case.matches) == (published.matches(case.record), case.published)


def test_error_published_sign_in_failures() -> None:
    """The published text for failed sign-ins is no pattern at all: its message has no quotes."""
    published = PUBLISHED["cis"]["console-sign-in-failures"]
    with pytest.raises(PatternSyntaxError) as caught:
        compile_pattern(published)
    expected = ("authentication", 'a value with spaces takes quotes: "Failed authentication"')
    error = caught.value
    assert expected == (published[error.start : error.end], error.hint)


def test_aws_template_is_word_for_word() -> None:
    """The patterns of aws-template are those of AWS's template, to the character."""
    shipped = {name: rule.pattern for name, rule in RULES.items() if name.startswith("aws-")}
    assert PUBLISHED["aws-template"] == shipped


def test_cis_says_what_it_mends() -> None:
    """A rule of cis says "Mended:" if, and only if, its pattern does not mean the published one."""
    unlegal = {"console-sign-in-failures"}
    differing = {
        name
        for name, text in PUBLISHED["cis"].items()
        if name in unlegal or compile_pattern(text) != compile_pattern(RULES[name].pattern)
    }
    saying = {name for name, rule in RULES.items() if "\n\nMended: " in rule.description}
    assert differing == saying


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_rule_is_complete(rule: Rule) -> None:
    """A shipped rule has a title, a description, references, and a case of each verdict."""
    assert all((rule.title, rule.description, rule.references))
    assert {True, False} == {case.matches for case in CASES if case.rule == rule.name}


def test_cis_has_a_rule_for_every_control() -> None:
    """The controls 5.1 to 5.15 of the benchmark have one rule each, in their order."""
    expected = [f"CIS 7.0 5.{number}" for number in range(1, 16)]
    assert expected == [RULES[name].references[0] for name in PUBLISHED["cis"]]


def test_tampering_with_the_trail_is_loudest() -> None:
    """Nothing but a change of a trail is critical: after it, records may be missing."""
    loudest = {name for name, rule in RULES.items() if rule.severity is Severity.CRITICAL}
    assert {"aws-cloudtrail-changes", "cloudtrail-changes"} == loudest


def test_only_the_sign_in_alarm_has_a_threshold() -> None:
    """AWS's template counts to three for failed sign-ins, within five minutes, and nowhere else."""
    held_back = {
        name: (rule.threshold.count, rule.threshold.within.total_seconds())
        for name, rule in RULES.items()
        if rule.threshold
    }
    expected = {"aws-console-sign-in-failures": (3, 300.0)}
    assert expected == held_back
