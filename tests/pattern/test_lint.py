"""What lint finds in legal patterns."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_strategies as strategies
from trailbell.pattern import Finding, PatternSyntaxError, compile_pattern, lint

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "lint.toml").read_text())["case"]
PUBLISHED = tomllib.loads((HERE / "published.toml").read_text())["case"]


def _shown(pattern: str, finding: Finding) -> dict[str, str]:
    """Show a finding as the table does."""
    shown = {
        "code": finding.code,
        "at": pattern[finding.start : finding.end],
        "reason": finding.reason,
    }
    if finding.suggestion is not None:
        shown["suggestion"] = finding.suggestion
    return shown


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_findings(case: dict[str, Any]) -> None:
    """The findings are those of the table, reasons and suggestions included."""
    found = lint(case["pattern"])

    assert case["findings"] == [_shown(case["pattern"], finding) for finding in found]


@pytest.mark.parametrize("case", PUBLISHED, ids=[case["name"] for case in PUBLISHED])
def test_published_traps(case: dict[str, Any]) -> None:
    """The published patterns that do not do what their title says are found out."""
    found = lint(case["pattern"], present=case.get("present", ()))

    assert case["codes"] == [finding.code for finding in found]
    meant = case.get("meant")
    assert meant is None or compile_pattern(meant) in [
        compile_pattern(finding.suggestion) for finding in found if finding.suggestion
    ]


def test_present() -> None:
    """What every message has is never absent."""
    pattern = '{ $.type != "Root" && $.name != "x" }'
    found = lint(compile_pattern(pattern), present={"$.type"})

    assert ['$.name != "x"'] == [pattern[finding.start : finding.end] for finding in found]


def test_error_syntax() -> None:
    """A text that is no pattern is told as such."""
    with pytest.raises(PatternSyntaxError, match="null is not a value"):
        lint("{ $.a = null }")


def _any_pattern() -> st.SearchStrategy[str]:
    """Draw the text of a legal pattern of any form."""
    return st.one_of(
        strategies.json_patterns.flatmap(strategies.written).map("{{ {} }}".format),
        strategies.fields().flatmap(strategies.written_fields),
        strategies.terms.flatmap(strategies.written_terms),
    )


@given(_any_pattern())
@settings(deadline=None, max_examples=400, print_blob=True)
def test_suggestions_are_legal(text: str) -> None:
    """Whatever a pattern is, its findings lie within it and suggest another legal pattern."""
    for finding in lint(text):
        assert 0 <= finding.start < finding.end <= len(text)
        if finding.suggestion is not None:
            compile_pattern(finding.suggestion)


@given(st.data())
@settings(deadline=None, max_examples=300, print_blob=True)
def test_suggestions_for_absent_fields_lose_nothing(data: st.DataObject) -> None:
    """What is suggested for a field that may be absent matches whatever the pattern matches."""
    text = "{" + data.draw(strategies.json_patterns.flatmap(strategies.written)) + "}"
    message = data.draw(strategies.json_messages)
    matches = compile_pattern(text).matches(message)
    for finding in lint(text):
        if finding.code == "absent-field" and finding.suggestion is not None:
            assert compile_pattern(finding.suggestion).matches(message) >= matches


def test_suggestion_for_absent_fields_is_enough() -> None:
    """A field that is excluded twice and absent is matched by what is suggested."""
    (finding,) = lint("{ $.a != x && $.b = y && ($.a != z) }")

    assert finding.suggestion is not None
    assert compile_pattern(finding.suggestion).matches('{"b": "y"}')
