"""What a pattern requires is held by every message that it matches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

import pattern_strategies as drawn
from trailbell.pattern import Message, compile_pattern
from trailbell.pattern.number import is_number
from trailbell.pattern.requires import Literal, NumberAt, NumberToken, fixed_runs, requires

CASES = json.loads((Path(__file__).parent / "requires.json").read_text())


@pytest.mark.parametrize(("pattern", "needs"), CASES)
def test_needs(pattern: str, needs: list[str] | None) -> None:
    """The rarest text is needed over "&&", any over "||", and none where nothing is sure."""
    found = requires(compile_pattern(pattern)).needs
    words = found and ["a number" if isinstance(n, NumberToken) else n.text for n in found]
    assert needs == words


def test_quotes_stand_next_to_whole_values() -> None:
    """Where a value begins or ends with the literal, so does a JSON string."""
    found = requires(compile_pattern('{ $.a = whole || $.a = begin* || $.a = "*end" }')).needs
    assert (
        Literal("whole", opens=True, closes=True),
        Literal("begin", opens=True),
        Literal("end", closes=True),
    ) == found


def test_the_weight_decides() -> None:
    """Where there is a choice, the caller says what is rare."""
    pattern = compile_pattern("{ $.a = common && $.b = rare }")
    needs = requires(pattern, lambda need: float("rare" not in str(need))).needs
    assert needs is not None
    assert ["rare"] == [need.text for need in needs if isinstance(need, Literal)]


def test_guards_join_alternatives_on_one_path() -> None:
    """Alternatives guard a path only where each of them compares it."""
    pattern = compile_pattern("{ ($.a = x || $.a = y) && ($.b = z || $.c = z) && $.d[0] = w }")
    guards = requires(pattern).guards
    assert [(("a",), 2)] == [(guard.path, len(guard.operands)) for guard in guards]


def test_selectors_are_all_that_is_looked_at() -> None:
    """Every selector is named, whatever is asked of it."""
    pattern = compile_pattern("{ $.a.b NOT EXISTS || $.c[1] IS NULL || $.d > 5 }")
    assert {("a", "b"), ("c", 1), ("d",)} == requires(pattern).selectors


def test_fixed_runs_end_at_what_may_be_absent() -> None:
    """A character that may be left out or repeated ends the run before or behind it."""
    assert (("a", "c", "", ""), ("", "de")) == fixed_runs("ab?c+[x]|.de")


@given(drawn.fields().flatmap(drawn.written_fields), drawn.line_messages)
def test_tokens_are_guarded(pattern: str, text: str) -> None:
    """A message that matches has the tokens, and the numbers, that its pattern requires."""
    compiled, message = compile_pattern(pattern), Message(text)
    guard = requires(compiled).tokens
    tokens = [token for token, _ in message.tokens]
    if compiled.matches(message):
        assert len(tokens) >= guard.least
        assert all(is_number(tokens[number.place]) for number in guard.numbers)
        assert all(n.low <= float(tokens[n.place]) <= n.high for n in guard.numbers)


def test_numbers_are_guarded_by_their_limits() -> None:
    """Conditions on one field are joined: the narrower over "&&", the wider over "||"."""
    pattern = "[a >= 2 && a < 7 && a != 5, b = 3 || b > 9, c = 1 || c = x, ..., d <= 1.5, e]"
    guard = requires(compile_pattern(pattern)).tokens
    inf = float("inf")
    assert (NumberAt(0, 2, 7), NumberAt(1, 3, inf), NumberAt(-2, -inf, 1.5)) == guard.numbers


@given(
    drawn.json_patterns.flatmap(drawn.written).map(lambda text: f"{{{text}}}"),
    drawn.json_objects(),
)
def test_a_need_stands_among_the_values(pattern: str, text: str) -> None:
    """A message that matches holds a needed text in a name, a text or a number of its own."""
    compiled = compile_pattern(pattern)
    needs = requires(compiled).needs
    if needs is not None and compiled.matches(text):
        held = list(_texts(json.loads(text, parse_int=str, parse_float=str)))
        literals = [need for need in needs if isinstance(need, Literal)]
        assert any(need.text in other for need in literals for other in held)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []
