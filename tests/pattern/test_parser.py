"""The trees of patterns, and the limits of the language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_strategies as strategies
from trailbell.pattern import PatternSyntaxError, compile_pattern, nodes
from trailbell.pattern.nodes import Operator, Sign, Span, State, Wildcard

SPAN = Span(0, 0)


def _selector(*segments: nodes.Segment) -> nodes.Selector:
    """Make a selector."""
    return nodes.Selector(segments, span=SPAN)


def test_terms_tree() -> None:
    """Terms keep their signs, their texts and their order."""
    tree = compile_pattern('disk -"not full" ?now').root

    assert isinstance(tree, nodes.Terms)
    assert [
        (Sign.REQUIRED, "disk"),
        (Sign.EXCLUDED, "not full"),
        (Sign.OPTIONAL, "now"),
    ] == [(term.sign, term.text) for term in tree.terms]


def test_json_tree() -> None:
    """A JSON pattern becomes conditions of selectors, operators and operands."""
    tree = compile_pattern("{ $.a[0].* = 1.50 && ($.['b c'] IS NULL || $.d NOT EXISTS) }").root
    number = nodes.Number("1.50", Decimal("1.50"), span=SPAN)
    selector = _selector("a", 0, Wildcard.ANY)

    assert (
        nodes.Json(
            nodes.And(
                (
                    nodes.Comparison(selector, Operator.EQUAL, number, span=SPAN),
                    nodes.Or(
                        (
                            nodes.Is(_selector("b c"), State.NULL, span=SPAN),
                            nodes.NotExists(_selector("d"), span=SPAN),
                        ),
                        span=SPAN,
                    ),
                ),
                span=SPAN,
            ),
            span=SPAN,
        )
        == tree
    )


def test_fields_tree() -> None:
    """A space-delimited pattern becomes fields, each with its name and its condition."""
    tree = compile_pattern("[a, , ..., b = *x]").root
    ends_with_x = nodes.Glob("x", open_start=True, open_end=False, span=SPAN)

    assert (
        nodes.Fields(
            (
                nodes.Field("a", None, span=SPAN),
                nodes.Field(None, None, span=SPAN),
                nodes.Rest(span=SPAN),
                nodes.Field(
                    "b",
                    nodes.FieldComparison("b", Operator.EQUAL, ends_with_x, span=SPAN),
                    span=SPAN,
                ),
            ),
            span=SPAN,
        )
        == tree
    )


def test_selector_path() -> None:
    """The path of a selector has its segments as texts."""
    tree = compile_pattern("{ $.a[0].['b.c'].* = x }").root
    assert isinstance(tree, nodes.Json)
    assert isinstance(tree.condition, nodes.Comparison)

    assert ("a", "0", "b.c", "*") == tree.condition.selector.path


def test_spans() -> None:
    """The span of a part is what stands for it in the text, without its own parentheses."""
    text = '  { ($.a = "x") && ( $.b.c>=1 || $.d IS TRUE ) }  '
    tree = compile_pattern(text).root
    assert isinstance(tree, nodes.Json)
    assert isinstance(tree.condition, nodes.And)
    parts = [tree, tree.condition, *tree.condition.clauses, *nodes.leaves(tree.condition)]

    assert [
        text.strip(),
        text.strip()[2:-2],
        '$.a = "x"',
        "$.b.c>=1 || $.d IS TRUE",
        '$.a = "x"',
        "$.b.c>=1",
        "$.d IS TRUE",
    ] == [text[slice(*part.span)] for part in parts]


EQUAL = [
    ("{ $.a = foo }", ' {\n$.a="foo"} '),
    ("{ $.a = 1 && $.b = 2 }", "{(($.a=1)&&($.b=2))}"),
    ("{ $.a.* = 1 }", "{ $.a[*] = 1 }"),
    ("{ $.a.b = 1 }", "{ $.['a']['b'] = 1 }"),
    ("{ $.a is null }", "{ $.a IS NULL }"),
    ("{ $.a[1] = 1 }", "{ $.a[01] = 1 }"),
    ("[]", "[ ... ]"),
    ("[a, b]", "[ a , b ]"),
    ("a -b", '"a"-"b"'),
    ("", " \n"),
    ("%a%", " %a% "),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal(one: str, other: str) -> None:
    """Spaces, needless quotes and needless parentheses make no difference."""
    assert compile_pattern(one) == compile_pattern(other)
    assert hash(compile_pattern(one)) == hash(compile_pattern(other))


DIFFERENT = [
    ("{ $.a = 1 }", '{ $.a = "1" }'),
    ("{ $.a = 1 }", "{ $.a = 1.0 }"),
    ("{ $.a = x }", "{ $.a != x }"),
    ("{ $.a = x }", "{ $.a = X }"),
    ("{ $.a = x* }", "{ $.a = *x }"),
    ("{ $.a[0] = 1 }", "{ $.a.0 = 1 }"),
    ("{ $.a = 1 && $.b = 2 }", "{ $.a = 1 || $.b = 2 }"),
    ("{ $.a = 1 && $.b = 2 }", "{ $.b = 2 && $.a = 1 }"),
    ("{ $.a = %x% }", '{ $.a = "%x%" }'),
    ("[a]", "[a, ]"),
    ("[a]", "[b]"),
    ("a", "?a"),
    ("a", "%a%"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    """Patterns that say different things are different."""
    assert compile_pattern(one) != compile_pattern(other)


@given(st.data())
@settings(deadline=None, max_examples=300, print_blob=True)
def test_layout_is_idle(data: st.DataObject) -> None:
    """However a pattern is laid out, its tree is the same."""
    part = data.draw(strategies.json_patterns)
    one, other = (data.draw(strategies.written(part)) for _ in range(2))

    assert compile_pattern(f"{{{one}}}") == compile_pattern(f"{{ {other} }}")


def test_limits() -> None:
    """What is just within a limit is legal."""
    assert compile_pattern("x" * 1024).matches("x" * 1024)
    assert compile_pattern("é" * 1024).matches("é" * 1024)
    assert compile_pattern("{ $.a = %1% && $.a = %2% }").matches('{"a": 12}')
    assert compile_pattern("{ $.a[*] = 1 || $.b.* = 1 || $.c[*] = 1 }").matches('{"c": [1]}')
    assert compile_pattern("{" + "(" * 100 + "$.a = 1" + ")" * 100 + "}").matches('{"a": 1}')
    assert compile_pattern("%[^a]{1000}b%").matches("x" * 1000 + "b")
    deepest = "{ $" + ".a" * 505 + " = 1 }"
    assert compile_pattern(deepest).matches('{"a":' * 505 + "1" + "}" * 505)


def test_error_limit_counts_blanks() -> None:
    """Blanks around a pattern count for its length."""
    with pytest.raises(PatternSyntaxError):
        compile_pattern(" " * 1024 + "x")
