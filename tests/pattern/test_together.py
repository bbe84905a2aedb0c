"""Whether what is said about two clauses is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_reference as reference
import pattern_strategies as strategies
from trailbell.pattern import compile_pattern, nodes
from trailbell.pattern.together import never_together, one_always

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEPS = st.sampled_from([("a",), ("a",), ("a",), ("a", "b"), ("a", 0), ("a", reference.ANY)])
_CLAUSES = st.one_of(
    st.tuples(_STEPS, strategies.comparisons).map(lambda drawn: ("compare", drawn[0], *drawn[1])),
    st.tuples(st.just("is"), _STEPS, st.sampled_from(["NULL", "TRUE", "FALSE"])),
    st.tuples(st.just("not exists"), _STEPS),
)
_FIELD_CLAUSES = strategies.comparisons.map(lambda drawn: ("compare", "x", *drawn))
_VALUES = [
    *strategies.NUMBERS,
    *("-0", "1e1", "0.5", "5", "1.00"),
    *('"1"', '"1.0"', '"foo"', '"+1"', '".1"', '"1."', '"1e0"', '"-0"', '"1e3"', '"*"', '""'),
    *('"Infinity"', '"1000.0"', '"true"', '"null"', '"foobar"', '"barfoo"', '"FOO"', '"café"'),
    *("true", "false", "null", "[]", "[null]", "{}", '{"b": 1}', '{"b": "foo"}', '["foo", null]'),
    *("[1]", '{"b": null}'),
]
_MESSAGES = ["{}", *(f'{{"a": {value}}}' for value in _VALUES)]
_TOKENS = ["1", "01", "1.0", "+1", "1e0", "foo", "foobar", "", "0", "-0", "1e3", "1e309", ".1", "x"]


def _leaves(root: nodes.Root) -> Iterator[nodes.Clause]:
    """Give the clauses of a pattern with conditions."""
    if isinstance(root, nodes.Json):
        yield from nodes.leaves(root.condition)
    elif isinstance(root, nodes.Fields):
        for field in root.fields:
            if isinstance(field, nodes.Field) and field.condition:
                yield from nodes.leaves(field.condition)


@given(_CLAUSES, _CLAUSES, st.data())
@settings(deadline=None, max_examples=1000, print_blob=True)
def test_never_together(one: Any, other: Any, data: st.DataObject) -> None:  # noqa: ANN401 - a tree
    """Clauses that are said never to hold together hold together in no message."""
    texts = [data.draw(strategies.written(clause)) for clause in (one, other)]
    clauses = list(_leaves(compile_pattern(f"{{ {texts[0]} && {texts[1]} }}").root))
    if never_together(*clauses):
        joined = ("all", [one, other])
        assert not [text for text in _MESSAGES if reference.json_matches(joined, text)]


@given(_CLAUSES, _CLAUSES, st.data())
@settings(deadline=None, max_examples=600, print_blob=True)
def test_one_always(one: Any, other: Any, data: st.DataObject) -> None:  # noqa: ANN401 - a tree
    """Of clauses of which one is said always to hold, one holds of every number that compares."""
    texts = [data.draw(strategies.written(clause)) for clause in (one, other)]
    clauses = list(_leaves(compile_pattern(f"{{ {texts[0]} || {texts[1]} }}").root))
    if one_always(*clauses) and one[1] == other[1] == ("a",):
        joined = ("any", [one, other])
        numbers = [text for text in strategies.NUMBERS if abs(float(text)) < float("inf")]
        assert all(reference.json_matches(joined, f'{{"a": {text}}}') for text in numbers)


@given(_FIELD_CLAUSES, _FIELD_CLAUSES, st.data())
@settings(deadline=None, max_examples=600, print_blob=True)
def test_never_together_in_fields(one: Any, other: Any, data: st.DataObject) -> None:  # noqa: ANN401 - a tree
    """Conditions of a field that are said never to hold together hold together of no token."""
    texts = [data.draw(strategies.written(clause)) for clause in (one, other)]
    clauses = list(_leaves(compile_pattern(f"[{texts[0]} && {texts[1]}, y]").root))
    if never_together(*clauses):
        joined = ("all", [one, other])
        assert not [text for text in _TOKENS if reference.field_satisfies(joined, text)]


def _pair(text: str) -> list[nodes.Clause]:
    """Give the clauses of a pattern."""
    return list(_leaves(compile_pattern(text).root))


def test_what_is_said() -> None:
    """Contradictions are said to be some, and what merely looks like one is not."""
    assert never_together(*_pair("{ $.a = 1 && $.a = 2 }"))
    assert never_together(*_pair("{ $.a.b = 1 && $.a IS TRUE }"))
    assert never_together(*_pair("{ $.a > 1 && $.a <= 1 }"))
    assert never_together(*_pair("[a = 1 && a = 2, b]"))
    assert not never_together(*_pair("{ $.a = 1 && $.b = 2 }"))
    assert not never_together(*_pair('{ $.a = "0.1" && $.a > 0.1 }'))
    assert not never_together(*_pair("{ $.a != x && $.a != y }"))
    assert one_always(*_pair("{ $.a != 1 || $.a != 2 }"))
    assert not one_always(*_pair("{ $.a = 1 || $.a = 2 }"))
    assert not one_always(*_pair("{ $.a != 1 || $.a IS NULL }"))
