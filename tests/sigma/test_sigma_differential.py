"""Patterns made of Sigma rules hold exactly where the rules do.

The rules are evaluated here by themselves, over the tree that pySigma gives, in three values: a
condition on a list or an object is neither true nor false, and stays so under "not".
"""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

import pytest
import re2

pytest.importorskip("sigma.rule", reason="pySigma is not installed: the extra sigma")

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sigma.rule import SigmaRule

from sigma import conditions, types
from trailbell.pattern import compile_pattern
from trailbell.sigma.refusal import RefusedError
from trailbell.sigma.rules import import_rule

Verdict = bool | None
Order = types.SigmaCompareExpression
MISSING = object()

# --- The meaning of Sigma, written down a second time --------------------------------------------


def value_at(record: object, path: str) -> object:
    """Return what a field holds, or MISSING."""
    for name in path.split("."):
        if not isinstance(record, dict) or name not in record:
            return MISSING
        record = record[name]
    return record


def text_of(value: object) -> str | None:
    """Return the text that a value counts as, None where it has none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | str) else None


def lowered(text: str) -> str:
    """Return a text with the letters A to Z in lower case, and no others."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def fits(parts: list[Any], text: str) -> bool:
    """Say whether a text fits literals and wildcards."""
    if not parts:
        return not text
    first, rest = parts[0], parts[1:]
    if first is types.SpecialChars.WILDCARD_MULTI:
        return any(fits(rest, text[start:]) for start in range(len(text) + 1))
    if first is types.SpecialChars.WILDCARD_SINGLE:
        return bool(text) and fits(rest, text[1:])
    return text.startswith(first) and fits(rest, text[len(first) :])


def is_null(value: object) -> bool:
    """Say whether a value counts as null."""
    return value is MISSING or value is None or (isinstance(value, list) and None in value)


def compared(value: object, wanted: types.SigmaType) -> Verdict:
    """Compare what a field holds with what Sigma wants."""
    if isinstance(wanted, types.SigmaExpansion):
        return either([compared(value, one) for one in wanted.values])
    if isinstance(wanted, types.SigmaExists):
        return (value is not MISSING) is wanted.exists
    if is_null(value):
        return isinstance(wanted, types.SigmaNull)
    text = text_of(value)
    if text is None:
        return None
    return number_fits(value, wanted) if isinstance(wanted, Order) else text_fits(text, wanted)


def number_fits(value: object, wanted: types.SigmaCompareExpression) -> bool:
    """Compare a number with an order."""
    if isinstance(value, int) and not isinstance(value, bool):
        orders = {"LT": int.__lt__, "LTE": int.__le__, "GT": int.__gt__, "GTE": int.__ge__}
        return orders[wanted.op.name](value, int(wanted.number.number))
    return False


def text_fits(text: str, wanted: types.SigmaType) -> bool:
    """Compare a text with what Sigma wants; nothing that is there is null."""
    if isinstance(wanted, types.SigmaCasedString):
        return fits(wanted.s, text)
    if isinstance(wanted, types.SigmaString):
        return fits([lowered(p) if isinstance(p, str) else p for p in wanted.s], lowered(text))
    if isinstance(wanted, types.SigmaBool | types.SigmaNumber):
        return text == str(wanted).lower()
    if isinstance(wanted, types.SigmaNull):
        return False
    if isinstance(wanted, types.SigmaRegularExpression):
        flags = "".join(wanted.sigma_to_re_flag[flag] for flag in wanted.flags)
        # The engine that pySigma checks regexes with; unlike Python's, "$" is the very end to it.
        engine = re2.compile(f"(?{flags}){wanted.regexp}" if flags else str(wanted.regexp))
        return engine.search(text) is not None
    assert isinstance(wanted, types.SigmaCIDRExpression)
    address = re.fullmatch(r"[\d.]+", text)
    return address is not None and "." in text and ipaddress.ip_address(text) in wanted.network


def either(verdicts: list[Verdict]) -> Verdict:
    """Join verdicts of which one must be true."""
    if any(verdicts):
        return True
    return None if None in verdicts else False


def holds(node: object, record: object) -> Verdict:
    """Evaluate a tree of pySigma on a record."""
    if isinstance(node, conditions.ConditionNOT):
        verdict = holds(node.args[0], record)
        return None if verdict is None else not verdict
    if isinstance(node, conditions.ConditionOR):
        return either([holds(part, record) for part in node.args])
    if isinstance(node, conditions.ConditionAND):
        opposite = either(
            [None if (v := holds(part, record)) is None else not v for part in node.args]
        )
        return None if opposite is None else not opposite
    assert isinstance(node, conditions.ConditionFieldEqualsValueExpression)
    return compared(value_at(record, node.field), node.value)


# --- Rules and records that meet often -----------------------------------------------------------

TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "aB",
    "b",
    "ba",
    "*",
    "1",
    "12",
    "true",
    "True",
    "a*b",
    "é",
    "10.0.0.7",
]
NUMBERS = [0, 1, 12, -1]
ANYTHING = ["x", "b.c", "b.d-e"]
FIELDS = [*ANYTHING, "userAgent", "readOnly", "requestParameters"]

CONDITIONS: list[tuple[str, Any]] = [
    *(("", value) for value in [*TEXTS, "a?", "?*", "*b*", "a*", "*B", "a?b", r"\*", "null", 'q"']),
    *(("", value) for value in [*NUMBERS, True, False, None, ["a", "B", "1"], ["a", None], []]),
    *(
        (modifier, value)
        for modifier in ("|contains", "|startswith", "|endswith", "|cased", "|contains|cased")
        for value in ("a", "B", "ab", "1", "ru", "*", "?", r"\*")
    ),
    ("|contains|all", ["a", "B"]),
    ("|contains|all", ["ru", "E", "t"]),
    ("|exists", True),
    ("|exists", False),
    *((modifier, number) for modifier in ("|gt", "|gte", "|lt", "|lte") for number in NUMBERS),
    *(
        (modifier, value)
        for modifier in ("|re", "|re|i", "|re|s")
        for value in [
            *("^a", "b$", "a(b|c)?$", "^a(b)?$", "[a-b]", "[^a1]", r"\d{2}", "(?:a|b)a", "A.*"),
            *("a.b", "^.b", "[bx]a", r"\*", r"[\d]+$", "^(t|T)rue|b+?a$", "a{2,}|^$", "[]*]"),
        ]
    ),
    *(
        ("|cidr", network)
        for network in ("10.0.0.0/8", "10.0.0.4/30", "10.0.0.7/32", "10.0.1.0/26")
    ),
    *(("|neq", value) for value in ("a", "B*", 1, ["a", "b"])),
    ("|base64offset|contains", "ab"),
    ("|base64offset|contains", ["ab", "a"]),
]
modified = st.sampled_from(CONDITIONS)


@st.composite
def items(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a field with its modifiers, and what it is compared with."""
    modifier, value = draw(modified)
    return draw(st.sampled_from(FIELDS)) + modifier, value


selections = st.lists(items(), min_size=1, max_size=3).map(dict)
formulas = st.sampled_from(
    [
        "one", "not one", "one and two", "one and not two", "not (one and two)", "not (one or two)",
        "one or not two", "1 of them", "all of them", "not 1 of them", "(one or two) and not three",
        "not (one and not (two or three))",
    ]
)  # fmt: skip
VALUES: list[Any] = [
    *(*TEXTS, "Ab\nb", "a\n", 'q"', "null", "10.0.0.255", "10.0.1.7", "10.0.1.64", "YWI", "FiYWIx"),
    *(*NUMBERS, True, False, None, [], {}, ["a"], [None, "a"], {"z": "a"}, {"z": {}}, {"z": "-"}),
]
values = st.sampled_from(VALUES)
texts = st.one_of(values.filter(lambda value: isinstance(value, str)), st.none())


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a record: what AWS documents as a text, a boolean or an object is one, or null."""
    below = st.dictionaries(st.sampled_from(["c", "d-e"]), values)
    holders = {
        "x": values,
        "b": st.one_of(below, below, values),
        "userAgent": texts,
        "readOnly": st.sampled_from([True, False, None]),
        "requestParameters": st.sampled_from([None, {}, {"a": "a"}, {"a": {}}, {"a": "-"}]),
    }
    return {name: draw(strategy) for name, strategy in holders.items() if draw(st.integers(0, 4))}


def document(one: Any, two: Any, three: Any, formula: str) -> dict[str, Any]:  # noqa: ANN401  as YAML gives them
    """Return a Sigma rule as YAML gives it."""
    return {
        "title": "Drawn",
        "logsource": {"product": "aws", "service": "cloudtrail"},
        "detection": {"one": one, "two": two, "three": three, "condition": formula},
    }


@settings(max_examples=200, deadline=None)
@given(selections, selections, selections, formulas, st.lists(records(), min_size=8, max_size=8))
def test_patterns_hold_where_rules_do(
    one: dict[str, Any],
    two: dict[str, Any],
    three: dict[str, Any],
    formula: str,
    drawn: list[dict[str, Any]],
) -> None:
    """On any record one of the patterns of a rule holds just where the rule holds."""
    content = document(one, [two, three], three, formula)
    try:
        rule, _ = import_rule(content, any_case=True)
    except RefusedError as error:
        assert error.kind == "not expressible", error  # noqa: PT017  all others are ours
        assume(False)
        return
    patterns = [compile_pattern(text) for text in rule.patterns]
    tree = SigmaRule.from_dict(content).detection.parsed_condition[0].parsed
    for record in drawn:
        message = json.dumps(record)
        expected = holds(tree, record) is True
        assert expected == any(one.matches(message) for one in patterns), (rule.patterns, message)


@pytest.mark.parametrize("formula", ["one", "not one"])
@pytest.mark.parametrize("item", CONDITIONS, ids=str)
def test_single_conditions_hold_where_they_should(item: tuple[str, Any], formula: str) -> None:
    """A condition on one field holds exactly, plain and under "not", whatever the field holds."""
    content = document({f"b.c{item[0]}": item[1]}, {"x": 1}, {"x": 1}, formula)
    try:
        rule, _ = import_rule(content, any_case=True)
    except RefusedError as error:
        told = ("order of numbers", "2 regexes", "only ASCII")
        assert any(words in str(error) for words in told), error  # noqa: PT017  why it is refused
        return
    patterns = [compile_pattern(text) for text in rule.patterns]
    tree = SigmaRule.from_dict(content).detection.parsed_condition[0].parsed
    for record in [{}, {"b": {}}, {"b": None}, {"b": ["c"]}, *({"b": {"c": v}} for v in VALUES)]:
        message = json.dumps(record)
        expected = holds(tree, record) is True
        assert expected == any(one.matches(message) for one in patterns), (rule.patterns, message)
