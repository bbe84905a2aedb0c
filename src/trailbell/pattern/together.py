"""Tell whether two clauses can hold together. Only what is certain is said; lint relies on it."""

from __future__ import annotations

from msgspec.structs import replace

from trailbell.pattern import nodes
from trailbell.pattern.document import Number
from trailbell.pattern.evaluation import comparison, text_asks
from trailbell.pattern.nodes import Operator, State
from trailbell.pattern.number import is_number

Compares = nodes.Comparison | nodes.FieldComparison

_OPPOSITE = {
    Operator.EQUAL: Operator.NOT_EQUAL,
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.LESS: Operator.AT_LEAST,
    Operator.AT_LEAST: Operator.LESS,
    Operator.GREATER: Operator.AT_MOST,
    Operator.AT_MOST: Operator.GREATER,
}
_STATES = {
    State.NULL: frozenset({"null", "array"}),
    State.TRUE: frozenset({"true"}),
    State.FALSE: frozenset({"false"}),
}
_UPWARD = {Operator.GREATER, Operator.AT_LEAST}
# An integer of more digits does not compare, being too large for a double.
_LONGEST = 310
_LEAVES = frozenset({"missing", "text", "number", "true", "false"})


def never_together(one: nodes.Clause, other: nodes.Clause) -> bool:
    """Say whether two clauses certainly cannot hold in the same message."""
    if isinstance(one, nodes.FieldComparison) or isinstance(other, nodes.FieldComparison):
        fields = isinstance(one, nodes.FieldComparison) and isinstance(other, nodes.FieldComparison)
        return fields and _comparisons_never(one, other)
    if one.selector.wildcard is not None or other.selector.wildcard is not None:
        return False
    if one.selector == other.selector:
        return not kinds(one) & kinds(other) or _comparisons_never(one, other)
    return _beneath_a_leaf(one, other) or _beneath_a_leaf(other, one)


def one_always(one: nodes.Clause, other: nodes.Clause) -> bool:
    """Say whether one of two comparisons always holds where their value can be compared at all."""
    comparisons = (nodes.Comparison, nodes.FieldComparison)
    if not isinstance(one, comparisons) or not isinstance(other, comparisons):
        return False
    return never_together(_opposite(one), _opposite(other))


def kinds(clause: nodes.Comparison | nodes.Is | nodes.NotExists) -> frozenset[str]:
    """Give the kinds of values of which a clause can hold."""
    if isinstance(clause, nodes.NotExists):
        return frozenset({"missing"})
    if isinstance(clause, nodes.Is):
        return _STATES[clause.state]
    return frozenset({"number"}) if clause.operator.orders else frozenset({"number", "text"})


def _opposite(clause: Compares) -> nodes.Clause:
    """Give the comparison that holds of the values of which this one does not."""
    return replace(clause, operator=_OPPOSITE[clause.operator])


def _beneath_a_leaf(
    upper: nodes.Comparison | nodes.Is | nodes.NotExists,
    lower: nodes.Comparison | nodes.Is | nodes.NotExists,
) -> bool:
    """Say whether one clause wants something beneath what the other wants without parts."""
    steps = upper.selector.segments
    return (
        not isinstance(lower, nodes.NotExists)
        and lower.selector.segments[: len(steps)] == steps
        and kinds(upper) <= _LEAVES
    )


def _comparisons_never(one: nodes.Clause, other: nodes.Clause) -> bool:
    """Say whether two comparisons of the same value cannot both hold."""
    comparisons = (nodes.Comparison, nodes.FieldComparison)
    if not isinstance(one, comparisons) or not isinstance(other, comparisons):
        return False
    if one.operator.orders and other.operator.orders:
        return _apart(one, other)
    if one.operator is other.operator is Operator.EQUAL and _globs_apart(one, other):
        return True
    for equal, second in ((one, other), (other, one)):
        values = _all_equal_to(equal, second)
        if values:
            return not any(_holds(equal, value) and _holds(second, value) for value in values)
    return False


def _apart(one: Compares, other: Compares) -> bool:
    """Say whether one ordering asks for numbers above all that the other asks for."""
    low, high = (one, other) if one.operator in _UPWARD else (other, one)
    if low.operator not in _UPWARD or high.operator in _UPWARD:
        return False
    if not isinstance(low.operand, nodes.Number) or not isinstance(high.operand, nodes.Number):
        return False
    both_included = low.operator is Operator.AT_LEAST and high.operator is Operator.AT_MOST
    above = low.operand.value > high.operand.value
    return above or (low.operand.value == high.operand.value and not both_included)


def _globs_apart(one: Compares, other: Compares) -> bool:
    """Say whether no text has two beginnings, or two ends, that clauses ask for."""
    first, second = one.operand, other.operand
    if not isinstance(first, nodes.Glob) or not isinstance(second, nodes.Glob):
        return False
    short, long = sorted((first.text, second.text), key=len)
    if not first.open_start and not second.open_start:
        return not long.startswith(short)
    return not first.open_end and not second.open_end and not long.endswith(short)


def _holds(clause: Compares, value: str) -> bool:
    """Say whether a comparison holds of a value."""
    if isinstance(clause, nodes.Comparison):
        return comparison(clause)(value)
    return text_asks(clause)(value)


def _all_equal_to(clause: Compares, other: Compares) -> list[str]:
    """Give all values that satisfy an equality, as far as the other clause can tell them apart.

    Nothing where they cannot be listed.
    """
    operand = clause.operand
    if clause.operator is not Operator.EQUAL:
        return []
    if isinstance(clause, nodes.FieldComparison):
        if isinstance(operand, nodes.Text):
            return [operand.text]
        numbers = isinstance(operand, nodes.Number) and isinstance(other.operand, nodes.Number)
        return [operand.text] if numbers and isinstance(operand, nodes.Number) else []
    if isinstance(operand, nodes.Text):
        # Several numbers may be printed alike, unless they are integers.
        if operand.text.removeprefix("-").isdecimal():
            return [operand.text, Number(operand.text)]
        return [] if is_number(operand.text) else [operand.text]
    return _written(operand) if isinstance(operand, nodes.Number) else []


def _written(number: nodes.Number) -> list[str]:
    """Give a number as a text, and in the ways in which an event can write it."""
    texts = [
        number.text,
        Number(number.text if set(number.text) & set(".eE") else number.text + ".0"),
    ]
    if number.value == 0:
        return [*texts, *map(Number, ("0", "-0", "0.0", "-0.0"))]
    whole = number.value.adjusted() < _LONGEST and number.value == int(number.value)
    return [*texts, Number(int(number.value))] if whole else texts
