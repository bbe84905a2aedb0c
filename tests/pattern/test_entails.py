"""Whether what is said to follow from a clause does."""

from __future__ import annotations

import itertools

import pytest

import pattern_reference as reference
import pattern_strategies as strategies
from trailbell.pattern import compile_pattern, nodes
from trailbell.pattern.entails import entails

VALUES = [
    *strategies.NUMBERS,
    *("-0", "1e1", "0.5", "5", "1.00", "-1e309"),
    *('"1"', '"1.0"', '"foo"', '"+1"', '".1"', '"1."', '"1e0"', '"-0"', '"1e3"', '"*"', '""'),
    *('"Infinity"', '"1000.0"', '"true"', '"null"', '"foobar"', '"barfoo"', '"FOO"', '"café"'),
    *("true", "false", "null", "[]", "[null]", "{}", '{"b": 1}', '{"b": "foo"}', '["foo", null]'),
    *("[1]", '{"b": null}', '[{"b": 1}]', '["foo", "bar"]', "[1, 2]", "[true]"),
]
DOCUMENTS = [{}, *(reference.read(f'{{"a": {value}}}') for value in VALUES)]
OPERANDS = [
    *(("number", text) for text in strategies.LITERALS),
    *(("text", text) for text in ("", "1", "1.0", "foo", "foobar", "Infinity", "-Infinity")),
    *(("glob", text) for text in ("*", "foo*", "*foo", "*foo*", "*o*", "1*", "Inf*", "*bar")),
    *(("regex", text) for text in ("foo", "^foo$", "^1", "^.?$")),
]
COMPARISONS = [
    *itertools.product(("=", "!="), OPERANDS),
    *itertools.product(("<", "<=", ">", ">="), OPERANDS[: len(strategies.LITERALS)]),
]


def clause_of(part: reference.Part) -> nodes.Clause:
    """Compile a clause that is drawn as a tuple."""
    if part[0] == "compare":
        kind, text = part[3]
        quoted = {"number": text, "regex": f"%{text}%"}.get(kind, strategies.quoted(text))
        written = f"{strategies.written_steps(part[1])} {part[2]} {quoted}"
    else:
        words = f"IS {part[2]}" if part[0] == "is" else "NOT EXISTS"
        written = f"{strategies.written_steps(part[1])} {words}"
    root = compile_pattern(f"{{ {written} }}").root
    assert isinstance(root, nodes.Json)
    assert not isinstance(root.condition, nodes.And | nodes.Or)
    return root.condition


@pytest.mark.parametrize("steps", [("a",), ("a", reference.ANY), ("a", reference.ANY, "b")])
def test_what_follows_holds(steps: tuple[str, ...]) -> None:
    """Where a clause holds of a value, so does what follows from it: all pairs, all values."""
    parts: list[reference.Part] = [
        *(("compare", steps, *one) for one in COMPARISONS),
        *(("is", steps, state) for state in ("NULL", "TRUE", "FALSE")),
        ("not exists", steps),
        ("not exists", ("a",)),
        ("not exists", (*steps, "b")),
    ]
    held = [
        {place for place, document in enumerate(DOCUMENTS) if reference.satisfies(part, document)}
        for part in parts
    ]
    clauses = [clause_of(part) for part in parts]
    follows = [
        (one, other)
        for one, other in itertools.permutations(range(len(parts)), 2)
        if entails(clauses[one], clauses[other])
    ]
    wrong = [(parts[one], parts[other]) for one, other in follows if held[one] - held[other]]
    assert [] == wrong
    assert len(follows) > 400


FOLLOWING = [
    ("$.a = foobar", "$.a = foo*"),
    ("$.a = foobar", "$.a = %oba%"),
    ("$.a = foobar", "$.a != foo"),
    ("$.a = foobar", "$.a = *"),
    ("$.a = foobar", "$.a.b NOT EXISTS"),
    ("$.a = foobar*", "$.a = foo*"),
    ("$.a = *foobar", "$.a = *bar*"),
    ("$.a = foo*", "$.a != bar"),
    ("$.a != foo*", "$.a != foobar"),
    ("$.a[*] != foo*", "$.a[*] != foobar"),
    ("$.a[*] = foobar", "$.a[*] = foo*"),
    ("$.a > 5", "$.a > 4"),
    ("$.a > 5", "$.a >= 5"),
    ("$.a <= 5", "$.a < 6"),
    ("$.a > 5", "$.a != 5"),
    ("$.a NOT EXISTS", "$.a.b NOT EXISTS"),
    ("$.a IS TRUE", "$.a[0] NOT EXISTS"),
]
NOT_FOLLOWING = [
    ("$.a = foo*", "$.a = foobar"),
    ("$.a = foo", "$.b = foo"),
    ("$.a[*] = foo", "$.a[*] != bar"),
    ("$.a >= 5", "$.a > 5"),
    ("$.a = 5", "$.a >= 5"),
    ("$.a = Infinity", "$.a != 5"),
    ("$.a IS NULL", "$.a[0] NOT EXISTS"),
    ("$.a.b NOT EXISTS", "$.a NOT EXISTS"),
]


@pytest.mark.parametrize(("one", "other"), [*FOLLOWING, *NOT_FOLLOWING])
def test_examples(one: str, other: str) -> None:
    """What people write and what follows from it is found."""
    clauses = [compile_pattern(f"{{ {text} }}").root for text in (one, other)]
    conditions = [root.condition for root in clauses if isinstance(root, nodes.Json)]
    found = [one for one in conditions if not isinstance(one, nodes.And | nodes.Or)]
    assert ((one, other) in FOLLOWING) is entails(*found)
