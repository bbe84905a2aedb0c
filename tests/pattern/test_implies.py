"""Whether patterns that are said to imply or to exclude one another do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_reference as reference
import pattern_strategies as strategies
from trailbell.pattern import compile_pattern
from trailbell.pattern.implies import excludes, implied_with, implies

IMPLYING = [
    ("{ $.a = x && $.b = y }", "{ $.a = x }"),
    ("{ $.a = x }", "{ $.a = x || $.b = y }"),
    ("{ ($.a = x || $.a = y) && $.b = z }", "{ $.b = z && ($.a = y || $.a = x || $.a = w) }"),
    ("{ $.a = xy }", '{ ($.a = "x*") && ($.a != z) }'),
    ("{ $.a = x || $.a = y }", "{ $.a = * }"),
    ("{ $.a = x }", ""),
    ("disk full", "disk"),
    ("diskfull -x", "disk -xy"),
    ("?diskfull ?disks", "disk"),
    ("disk", "?disk ?full"),
    ("[a, b = 1]", "[a,b=1]"),
    ("%x%", "%x%"),
]
NOT_IMPLYING = [
    ("{ $.a = x }", "{ $.a = x && $.b = y }"),
    ("{ $.a = x || $.b = y }", "{ $.a = x }"),
    ("disk", "disk full"),
    ("?disk ?full", "disk"),
    ("disk", "disk -full"),
    ("[a, b = 1]", "[a, b]"),
    ("x", "%x%"),
    ("{ $.a = x }", "x"),
    ("", "x"),
]
EXCLUDING = [
    ("{ $.a = x }", "{ $.a = y }"),
    ("{ $.a = x || $.a = y }", "{ $.a = z && $.b = 1 }"),
    ("{ $.a = x* }", "{ $.a NOT EXISTS }"),
    ("disk", "full -dis"),
]
NOT_EXCLUDING = [
    ("{ $.a = x || $.b = y }", "{ $.a = z }"),
    ("{ $.a[*] = x }", "{ $.a[*] = y }"),
    ("disk", "full -disks"),
    ("{ $.a = x }", "y"),
]


@pytest.mark.parametrize(("one", "other"), [*IMPLYING, *NOT_IMPLYING])
def test_implies(one: str, other: str) -> None:
    """What follows from a pattern is found, whatever its form."""
    expected = (one, other) in IMPLYING
    assert expected is implies(compile_pattern(one), compile_pattern(other))


@pytest.mark.parametrize(("one", "other"), [*EXCLUDING, *NOT_EXCLUDING])
def test_excludes(one: str, other: str) -> None:
    """Patterns that can never both match are found, whichever comes first."""
    patterns = compile_pattern(one), compile_pattern(other)
    expected = (one, other) in EXCLUDING
    assert (expected, expected) == (excludes(*patterns), excludes(*reversed(patterns)))


def test_implied_with() -> None:
    """Two patterns together can imply what neither does alone."""
    one, also, other = map(
        compile_pattern, ("{ $.a = x }", "{ $.b = y }", "{ $.a = x && $.b = y }")
    )
    assert implied_with(one, also, other)
    assert not implied_with(one, one, other)
    assert not implied_with(one, compile_pattern("y"), other)
    assert implied_with(one, compile_pattern("y"), compile_pattern("y"))


@pytest.mark.parametrize(("groups", "expected"), [(5, True), (17, False)])
def test_what_takes_too_long(groups: int, expected: bool) -> None:  # noqa: FBT001  an answer
    """What would take too many ways to find out is not found, and that soon."""
    ways = " && ".join(f"($.a{n} = 1 || $.b{n} = 1 || $.c{n} = 1)" for n in range(groups))
    middle = groups // 2
    wanted = f"$.a{middle} = 1 || $.b{middle} = 1 || $.c{middle} = 1"
    patterns = compile_pattern(f"{{ {ways} }}"), compile_pattern(f"{{ {wanted} }}")
    assert expected is implies(*patterns)


def weaker(draw: st.DrawFn, part: reference.Part) -> reference.Part:
    """Draw a condition that asks less, or nearly what another asks."""
    if part[0] == "all":
        kept = [one for one in part[1] if draw(st.integers(0, 2))] or part[1][:1]
        kept = [weaker(draw, one) for one in kept]
        return kept[0] if len(kept) == 1 else ("all", kept)
    if part[0] == "any":
        return ("any", [weaker(draw, one) for one in part[1]])
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return ("any", [part, draw(strategies.json_clauses)])
    if kind == 1 and part[0] == "compare":
        return ("compare", part[1], *draw(strategies.comparisons))
    return part


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Draw two conditions of which the second often follows from the first."""
    one = draw(strategies.json_patterns)
    return one, weaker(draw, one)


@given(pairs(), st.lists(strategies.json_messages, min_size=5, max_size=12), st.data())
@settings(deadline=None, max_examples=400, print_blob=True)
def test_what_is_said_is_so(drawn: Any, messages: list[str], data: st.DataObject) -> None:  # noqa: ANN401  a tree
    """No message matches a pattern and not what it implies, or two that exclude one another."""
    if sum(map(strategies.wild, drawn)) > 3:
        return
    one, other = (compile_pattern(f"{{ {data.draw(strategies.written(part))} }}") for part in drawn)
    matched = [(one.matches(message), other.matches(message)) for message in messages]
    if implies(one, other):
        assert (True, False) not in matched
    if excludes(one, other):
        assert (True, True) not in matched
