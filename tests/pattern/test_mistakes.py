"""What is told about patterns that are not legal."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_strategies as strategies
from trailbell.pattern import PatternSyntaxError, compile_pattern

CASES = tomllib.loads((Path(__file__).parent / "errors.toml").read_text())["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_error_text(case: dict[str, str]) -> None:
    """An error shows the reason, the place and the hint of the table."""
    with pytest.raises(PatternSyntaxError) as raised:
        compile_pattern(case["pattern"])

    assert case["text"] == str(raised.value)


def test_error_names() -> None:
    """Every case of the table has a name of its own."""
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_error_attributes() -> None:
    """An error carries the pattern, the span, the reason and the hint."""
    with pytest.raises(PatternSyntaxError) as raised:
        compile_pattern("{ $.a == 1 }")

    error = raised.value
    assert ("{ $.a == 1 }", 6, 8) == (error.pattern, error.start, error.end)
    assert ('there is no operator "=="', 'write "="') == (error.reason, error.hint)
    assert isinstance(error, ValueError)


def test_error_pickles() -> None:
    """An error is the same after it has been pickled."""
    with pytest.raises(PatternSyntaxError) as raised:
        compile_pattern("{ $.a == 1 }")

    assert str(raised.value) == str(pickle.loads(pickle.dumps(raised.value)))  # noqa: S301 - own data


def test_error_without_hint() -> None:
    """An error for which no usual cause is known has no hint."""
    with pytest.raises(PatternSyntaxError) as raised:
        compile_pattern("{ }")

    assert raised.value.hint is None


_SIGNS = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", "(", ")", "%", '"', "$.", "$", ".", "a", "b", "=", "!=", "<", ">=",
         "&&", "||", "&", " ", "IS", "NULL", "NOT", "EXISTS", "1", "e9", "-", "+", "*", "?", ",",
         "...", "\\", "['", "']", "[0]", "[*]", ".*", "é", "\n", "\x00", ":"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


def _broken() -> st.SearchStrategy[str]:
    """Draw legal patterns with a piece taken out or put in."""
    legal = st.one_of(
        strategies.json_patterns.flatmap(strategies.written).map("{{ {} }}".format),
        strategies.fields().flatmap(strategies.written_fields),
        strategies.terms.flatmap(strategies.written_terms),
    )

    def hurt(text: str, at: int, length: int, piece: str) -> str:
        at %= len(text) + 1
        return text[:at] + piece + text[at + length :]

    return st.builds(hurt, legal, st.integers(0, 200), st.integers(0, 3), _SIGNS)


@given(st.one_of(st.text(st.characters(exclude_categories=())), _SIGNS, _broken()))
@settings(deadline=None, max_examples=1500, print_blob=True)
def test_no_text_crashes(text: str) -> None:
    """Whatever a text is, it compiles or is told to be wrong at a place in it."""
    for candidate in (text, f"{{{text}}}", f"[{text}]", f"%{text}%"):
        error = _error_of(candidate)
        if error is None:
            pattern = compile_pattern(candidate)
            assert pattern == compile_pattern(str(pattern))
            assert isinstance(pattern.matches(text), bool)
            continue
        assert candidate == error.pattern
        assert 0 <= error.start <= error.end <= len(candidate)
        shown = str(error).splitlines()
        assert error.reason == shown[0]
        assert len(shown) == (3 if error.hint is None else 4)
        assert all(line.isprintable() for line in shown)
        assert shown[2].endswith("^")
        assert len(shown[2]) <= len(shown[1]) + 1


def _error_of(text: str) -> PatternSyntaxError | None:
    """Give the error of a text that is no pattern."""
    try:
        compile_pattern(text)
    except PatternSyntaxError as error:
        return error
    return None
