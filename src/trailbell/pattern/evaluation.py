"""Evaluate patterns: each part of a tree becomes a function that answers for one message.

The tree is walked once, when a pattern is compiled. What remains are closures that hold nothing
but the pattern, so they can be shared between threads.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from trailbell.pattern import nodes
from trailbell.pattern.document import Number, Value
from trailbell.pattern.message import Message
from trailbell.pattern.nodes import Operator, Sign, State, Wildcard
from trailbell.pattern.number import java_text, message_value, token_value

Document = dict[str, Value]
Holds = Callable[[Message], bool]
Asks = Callable[[Document], bool]
# Whether a value equals an operand; None where the two cannot be compared at all.
Equals = Callable[[Value], bool | None]

_ORDERINGS = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


class Missing:
    """Stand for what a selector does not find; ``MISSING`` is the only one."""


MISSING = Missing()


def holds(root: nodes.Root) -> Holds:
    """Make the function that says whether a message matches a pattern."""
    if isinstance(root, nodes.Terms):
        return terms_hold(root)
    if isinstance(root, nodes.Regex):
        search = root.search
        return lambda message: search(message.text)
    if isinstance(root, nodes.Json):
        asks = document_asks(root.condition)
        return lambda message: (document := message.document) is not None and asks(document)
    return _fields_hold(root)


# --- Terms ---------------------------------------------------------------------------------------


def terms_hold(root: nodes.Terms) -> Holds:
    """Make the function that looks for terms."""
    required, excluded, optional = (
        tuple(term.text for term in root.signed(sign))
        for sign in (Sign.REQUIRED, Sign.EXCLUDED, Sign.OPTIONAL)
    )
    # Optional terms beside others have no effect:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html
    if root.drops_optional or not optional:
        return lambda message: (
            all(text in message.text for text in required)
            and not any(text in message.text for text in excluded)
        )
    return lambda message: any(text in message.text for text in optional)


# --- JSON ----------------------------------------------------------------------------------------


def document_asks(condition: nodes.Condition) -> Asks:
    """Make the function that asks a condition of a JSON object."""
    if isinstance(condition, nodes.And):
        return _all_of(tuple(map(document_asks, condition.clauses)))
    if isinstance(condition, nodes.Or):
        clauses = tuple(map(document_asks, condition.clauses))
        return lambda document: any(asks(document) for asks in clauses)
    if isinstance(condition, nodes.FieldComparison):
        raise TypeError(condition)
    if isinstance(condition, nodes.NotExists):
        segments = condition.selector.segments
        return lambda document: not select(document, segments)
    if isinstance(condition, nodes.Is):
        return _is(condition)
    if condition.selector.wildcard is not None:
        return _comparison_of_any(condition)
    segments, compares = condition.selector.segments, comparison(condition)
    return lambda document: compares(follow(document, segments))


def _all_of(clauses: Sequence[Asks]) -> Asks:
    """Make the function that asks whether all of some conditions hold."""
    if len(clauses) == 2:  # noqa: PLR2004  most have two, and this is the sooner way to ask them
        first, second = clauses
        return lambda document: first(document) and second(document)
    return lambda document: all(asks(document) for asks in clauses)


def follow(value: Value, segments: Sequence[nodes.Segment]) -> Value:
    """Give what segments without a wildcard lead to, or MISSING."""
    for segment in segments:
        if isinstance(segment, str):
            value = value.get(segment, MISSING) if isinstance(value, dict) else MISSING
        elif isinstance(value, list) and isinstance(segment, int) and segment < len(value):
            value = value[segment]
        else:
            return MISSING
    return value


def members(value: Value) -> Iterable[Value]:
    """Give what a wildcard stands for: the elements of an array, the values of an object."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def select(document: Document, segments: Sequence[nodes.Segment]) -> list[Value]:
    """Give all values that segments lead to, in the order of the message."""
    if Wildcard.ANY not in segments:
        found: Iterable[Value] = (follow(document, segments),)
    else:
        at = segments.index(Wildcard.ANY)
        held, rest = members(follow(document, segments[:at])), segments[at + 1 :]
        found = (follow(member, rest) for member in held)
    return [value for value in found if value is not MISSING]


def _is(clause: nodes.Is) -> Asks:
    """Make the function for IS NULL, IS TRUE and IS FALSE."""
    segments = clause.selector.segments
    wanted = {State.NULL: None, State.TRUE: True, State.FALSE: False}[clause.state]
    if clause.state is State.NULL and clause.selector.wildcard is None:
        return lambda document: _is_null(follow(document, segments))
    return lambda document: any(value is wanted for value in select(document, segments))


def _is_null(value: Value) -> bool:
    """Say whether a value is null, or an array that holds null."""
    return value is None or (isinstance(value, list) and any(item is None for item in value))


def _comparison_of_any(clause: nodes.Comparison) -> Asks:
    """Make the function for a comparison whose selector holds a wildcard.

    Any value may satisfy it, but "!=" asks that none equals the operand, and that the value which
    the wildcard is about exists, whatever it is.
    """
    segments = clause.selector.segments
    if clause.operator is not Operator.NOT_EQUAL:
        compares = comparison(clause)
        return lambda document: any(map(compares, select(document, segments)))
    equals, holder = equality(clause.operand), segments[: segments.index(Wildcard.ANY)]
    return lambda document: (
        follow(document, holder) is not MISSING and not any(map(equals, select(document, segments)))
    )


def comparison(clause: nodes.Comparison) -> Callable[[Value], bool]:
    """Make the function that compares one value, or MISSING, with the operand of a clause."""
    operand, orders = clause.operand, _ORDERINGS.get(clause.operator)
    if orders is None or not isinstance(operand, nodes.Number):
        equals, wanted = equality(operand), clause.operator is Operator.EQUAL
        return lambda value: equals(value) is wanted
    limit = operand.value
    return lambda value: (
        isinstance(value, Number)
        and (worth := message_value(value)) is not None
        and orders(worth, limit)
    )


def equality(operand: nodes.Operand) -> Equals:
    """Make the function that says whether a value of a JSON object equals an operand.

    Only texts and numbers can: for null, booleans, objects, arrays and MISSING it gives None.
    """
    if not isinstance(operand, nodes.Number):
        fits = text_fits(operand)

        def equals_text(value: Value) -> bool | None:
            if isinstance(value, Number):
                return fits(java_text(value))
            return fits(value) if isinstance(value, str) else None

        return equals_text
    text, number = operand.text, operand.value

    def equals_number(value: Value) -> bool | None:
        if isinstance(value, Number):
            worth = message_value(value)
            return None if worth is None else worth == number
        return value == text if isinstance(value, str) else None

    return equals_number


def text_fits(operand: nodes.Text | nodes.Glob | nodes.Regex) -> Callable[[str], bool]:
    """Make the function that says whether a text fits an operand."""
    if isinstance(operand, nodes.Regex):
        return operand.search
    wanted = operand.text
    if isinstance(operand, nodes.Text):
        return lambda text: text == wanted
    if operand.open_start and operand.open_end:
        return lambda text: wanted in text
    if operand.open_start:
        return lambda text: text.endswith(wanted)
    return lambda text: text.startswith(wanted)


# --- Space-delimited -----------------------------------------------------------------------------


def bind(root: nodes.Fields, message: Message) -> list[str] | None:
    """Give the texts that the fields of a pattern and its "..." stand for, from left to right.

    A pattern without "..." binds as many texts as it has fields, and its last field takes all that
    is left of the message, as it is written. None where the message has too few tokens.
    """
    tokens = message.tokens
    if root.rest is not None:
        enough = len(tokens) >= len(root.fields) - 1
        return [text for text, _ in tokens] if enough else None
    count = len(root.fields)
    if len(tokens) < count:
        return None
    texts = [text for text, _ in tokens[:count]]
    if len(tokens) > count:
        texts[-1] = message.text[tokens[count - 1][1] :]
    return texts


def places(root: nodes.Fields) -> list[tuple[nodes.Field, int]]:
    """Give each field with its index into what ``bind`` gives, from the end after a "..."."""
    rest, count = root.rest, len(root.fields)
    return [
        (field, index if rest is None or index < rest else index - count)
        for index, field in enumerate(root.fields)
        if isinstance(field, nodes.Field)
    ]


def extract(root: nodes.Root, message: Message) -> dict[str, str]:
    """Give the fields of a message that matches: by ``$name``, or by position from ``$1``."""
    texts = bind(root, message) if isinstance(root, nodes.Fields) else None
    if texts is None or not isinstance(root, nodes.Fields):
        return {}
    names = {place % len(texts): field.name for field, place in places(root) if field.name}
    return {f"${names.get(index, index + 1)}": text for index, text in enumerate(texts)}


def _fields_hold(root: nodes.Fields) -> Holds:
    """Make the function that asks the fields' conditions of the tokens of a message.

    It takes the texts that ``bind`` gives, but only those that are asked for.
    """
    asked = tuple(
        (place, text_asks(field.condition)) for field, place in places(root) if field.condition
    )
    count = len(root.fields)
    fewest, last = (count, count - 1) if root.rest is None else (count - 1, None)

    def hold(message: Message) -> bool:
        tokens = message.tokens
        if len(tokens) < fewest:
            return False
        for place, asks in asked:
            text, start = tokens[place]
            if place == last and len(tokens) > count:
                text = message.text[start:]
            if not asks(text):
                return False
        return True

    return hold


def text_asks(condition: nodes.Condition) -> Callable[[str], bool]:
    """Make the function that asks a condition of the text of a field."""
    if isinstance(condition, nodes.And):
        clauses = tuple(map(text_asks, condition.clauses))
        return lambda text: all(asks(text) for asks in clauses)
    if isinstance(condition, nodes.Or):
        clauses = tuple(map(text_asks, condition.clauses))
        return lambda text: any(asks(text) for asks in clauses)
    if not isinstance(condition, nodes.FieldComparison):
        raise TypeError(condition)
    operand = condition.operand
    fits = (
        _number_fits(operand, _ORDERINGS.get(condition.operator, operator.eq))
        if isinstance(operand, nodes.Number)
        else text_fits(operand)
    )
    if condition.operator is Operator.NOT_EQUAL:
        return lambda text: not fits(text)
    return fits


def _number_fits(
    operand: nodes.Number, compares: Callable[[Decimal, Decimal], bool]
) -> Callable[[str], bool]:
    """Make the function that compares a text with a number, which no other text fits."""
    limit = operand.value
    return lambda text: (worth := token_value(text)) is not None and compares(worth, limit)
