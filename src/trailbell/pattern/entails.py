"""Tell whether one clause follows from another. Only what is certain is said."""

from __future__ import annotations

from msgspec.structs import replace

from trailbell.pattern import nodes
from trailbell.pattern.evaluation import comparison
from trailbell.pattern.nodes import Operator
from trailbell.pattern.together import never_together

_UPWARD = {Operator.GREATER, Operator.AT_LEAST}
_LEAVES = {nodes.State.TRUE, nodes.State.FALSE}


def entails(one: nodes.Clause, other: nodes.Clause) -> bool:
    """Say whether every message of which one clause holds is one of which the other does.

    Of the clauses of space-delimited patterns, those alone that are equal.
    """
    if one == other:
        return True
    if isinstance(other, nodes.NotExists):
        return _nothing_beneath(one, other.selector.segments)
    if not isinstance(one, nodes.Comparison) or not isinstance(other, nodes.Comparison):
        return False
    if one.selector != other.selector:
        return False
    return (_of_value if one.selector.wildcard is None else _of_any)(one, other)


def _nothing_beneath(clause: nodes.Clause, segments: tuple[nodes.Segment, ...]) -> bool:
    """Say whether where a clause holds, nothing stands where some segments lead."""
    if isinstance(clause, nodes.FieldComparison):
        return False
    above = clause.selector.segments
    if segments[: len(above)] != above:
        return False
    if isinstance(clause, nodes.NotExists):
        return True
    # What is a text, a number, true or false has no parts.
    leaf = isinstance(clause, nodes.Comparison) or clause.state in _LEAVES
    return leaf and clause.selector.wildcard is None and len(segments) > len(above)


def _of_any(one: nodes.Comparison, other: nodes.Comparison) -> bool:
    """Compare two clauses whose selector holds the same wildcard.

    "!=" asks that no value equals, every other operator that there is one which satisfies it.
    """
    differ = [clause.operator is Operator.NOT_EQUAL for clause in (one, other)]
    if all(differ):
        return _of_value(_equal(other), _equal(one))
    return not any(differ) and _of_value(one, other)


def _of_value(one: nodes.Comparison, other: nodes.Comparison) -> bool:
    """Compare two clauses on one and the same value."""
    if one == other or _any_text(other):
        return True
    if other.operator is Operator.NOT_EQUAL:
        return _differs(one, other)
    if one.operator is other.operator is Operator.EQUAL:
        return _equals(one.operand, other)
    return _ordered(one, other)


def _equals(operand: nodes.Operand, other: nodes.Comparison) -> bool:
    """Say whether whatever equals an operand equals that of a comparison."""
    wanted = other.operand
    if isinstance(operand, nodes.Text) and not isinstance(wanted, nodes.Number):
        # With an operand that is no number, a value is compared by its text alone.
        return comparison(other)(operand.text)
    if isinstance(operand, nodes.Glob) and isinstance(wanted, nodes.Glob):
        return _narrower(operand, wanted)
    return False


def _differs(one: nodes.Comparison, other: nodes.Comparison) -> bool:
    """Say whether where one clause holds, the value is not the other's operand, but comparable."""
    # A number too large for a double neither equals a number nor differs from one.
    if isinstance(other.operand, nodes.Number) and not isinstance(one.operand, nodes.Number):
        return False
    if one.operator is Operator.NOT_EQUAL:
        return _of_value(_equal(other), _equal(one))
    return never_together(one, _equal(other))


def _equal(clause: nodes.Comparison) -> nodes.Comparison:
    """Return the comparison that asks for the operand of another."""
    return replace(clause, operator=Operator.EQUAL)


def _any_text(clause: nodes.Comparison) -> bool:
    """Say whether a comparison holds of every text and every number."""
    operand = clause.operand
    return (
        clause.operator is Operator.EQUAL and isinstance(operand, nodes.Glob) and not operand.text
    )


def _ordered(one: nodes.Comparison, other: nodes.Comparison) -> bool:
    """Say whether an ordering asks for numbers among those that the other asks for."""
    if not isinstance(one.operand, nodes.Number) or not isinstance(other.operand, nodes.Number):
        return False
    if not one.operator.orders or not other.operator.orders:
        return False
    if (one.operator in _UPWARD) is not (other.operator in _UPWARD):
        return False
    limit, wanted = one.operand.value, other.operand.value
    if limit == wanted:
        return one.operator is other.operator or other.operator in {
            Operator.AT_LEAST,
            Operator.AT_MOST,
        }
    return limit > wanted if one.operator in _UPWARD else limit < wanted


def _narrower(one: nodes.Glob, other: nodes.Glob) -> bool:
    """Say whether every text that fits one glob fits the other."""
    if other.open_start and other.open_end:
        return other.text in one.text
    if one.open_start is not other.open_start or one.open_end is not other.open_end:
        return False
    if other.open_end:
        return one.text.startswith(other.text)
    return one.text.endswith(other.text)
