"""The filter pattern language once more, written for clarity and for nothing else.

Tests hold the shipped evaluation against it. It shares no code with it, and no parser either: a
pattern is a tree of plain tuples that ``write`` turns into text for the shipped parser.

.. code-block:: text

    ("all", [part, …])   ("any", [part, …])
    ("compare", subject, operator, operand)
    ("is", steps, "NULL" | "TRUE" | "FALSE")
    ("not exists", steps)

    subject   a tuple of steps (a name, an index, or ANY), or the name of a field
    operand   ("number", "1e3")  ("text", "foo")  ("glob", "*foo")  ("regex", "fo+")
"""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any

ANY = "[*]"
NOTHING = object()

Part = tuple[Any, ...]
Value = Any


class Written(str):
    """A number of a message, as it is written there."""

    __slots__ = ()


def read(message: str) -> Value:
    """Give a message as JSON, NOTHING where it is none."""

    def refuse(_: str) -> None:
        raise ValueError

    try:
        return json.loads(message, parse_int=Written, parse_float=Written, parse_constant=refuse)
    except ValueError:
        return NOTHING


def json_matches(pattern: Part, message: str) -> bool:
    """Say whether a message is a JSON object that satisfies a pattern."""
    document = read(message)
    return isinstance(document, dict) and satisfies(pattern, document)


def satisfies(pattern: Part, document: Value) -> bool:
    """Say whether a document satisfies a pattern."""
    kind, steps = pattern[0], pattern[1]
    if kind == "all":
        return all(satisfies(part, document) for part in pattern[1])
    if kind == "any":
        return any(satisfies(part, document) for part in pattern[1])
    values = selected(steps, document)
    if kind == "not exists":
        return values == []
    if kind == "is":
        return any(is_in_state(value, pattern[2], ANY in steps) for value in values)
    operator, operand = pattern[2], pattern[3]
    if operator == "!=" and ANY in steps:
        holder = selected(steps[: steps.index(ANY)], document)
        return holder != [] and not any(compared(value, "=", operand) for value in values)
    return any(compared(value, operator, operand) for value in values)


def is_in_state(value: Value, state: str, wild: bool) -> bool:  # noqa: FBT001 - a fact, not a mode
    """Say whether a value is null, true or false; an array that holds null is null, too."""
    if state == "NULL" and isinstance(value, list) and not wild:
        return any(item is None for item in value)
    return value is {"NULL": None, "TRUE": True, "FALSE": False}[state]


def selected(steps: tuple[Any, ...], document: Value) -> list[Value]:
    """Give all values that steps lead to."""
    values = [document]
    for step in steps:
        found = []
        for value in values:
            if step == ANY and isinstance(value, list):
                found.extend(value)
            elif step == ANY and isinstance(value, dict):
                found.extend(value.values())
            elif isinstance(step, int):
                found.extend(value[step : step + 1] if isinstance(value, list) else [])
            elif isinstance(value, dict) and step in value:
                found.append(value[step])
        values = found
    return values


def compared(value: Value, operator: str, operand: tuple[str, str]) -> bool:
    """Compare one value of a document with an operand."""
    kind, literal = operand
    if isinstance(value, Written):
        if kind == "number":
            if math.isinf(float(value)):
                return False
            worth = Decimal(0) if float(value) == 0 else Decimal(value)
            return ordered(worth, operator, Decimal(literal))
        return fits(printed(value), operand) == (operator == "=")
    if isinstance(value, str):
        if operator not in {"=", "!="}:
            return False
        same = value == literal if kind == "number" else fits(value, operand)
        return same == (operator == "=")
    return False


def ordered(left: Decimal, operator: str, right: Decimal) -> bool:
    """Compare two numbers."""
    return {
        "=": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[operator]


def fits(text: str, operand: tuple[str, str]) -> bool:
    """Say whether a text fits a text, a glob or a regex."""
    kind, literal = operand
    if kind == "text":
        return text == literal
    if kind == "regex":
        return re.search(literal, text, re.ASCII) is not None
    if literal == "*":
        return True
    if literal.startswith("*") and literal.endswith("*"):
        return literal[1:-1] in text
    if literal.startswith("*"):
        return text.endswith(literal[1:])
    return text.startswith(literal[:-1])


def printed(number: str) -> str:
    """Print a number: integers as they are, others as Java prints a double."""
    if not set(number) & set(".eE"):
        return number
    double = float(number)
    if math.isinf(double):
        return "Infinity" if double > 0 else "-Infinity"
    if double == 0:
        return "-0.0" if number.startswith("-") else "0.0"
    mantissa, _, exponent = f"{Decimal(repr(double)).normalize():e}".partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    power = int(exponent)
    if not -3 <= power < 7:
        return f"{mantissa}E{power}"
    plain = format(Decimal(mantissa).scaleb(power), "f")
    whole, _, fraction = plain.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


# --- Space-delimited -----------------------------------------------------------------------------


def tokens(message: str) -> list[tuple[str, str]]:
    """Give the tokens of a message, each with all that is left of the message from it on."""
    found = []
    rest = message.lstrip(" \t\n\r\f\v")
    while rest:
        quoted = re.match(r'"([^"]*)"', rest) or re.match(r"\[([^\]]*)\]", rest)
        plain = re.match(r"[^ \t\n\r\f\v]+", rest)
        match = quoted or plain
        assert match
        found.append((quoted[1] if quoted else match[0], rest))
        rest = rest[match.end() :].lstrip(" \t\n\r\f\v")
    return found


def fields_extract(fields: list[Value], message: str) -> dict[str, str] | None:
    """Give what a list of fields extracts from a message, None where it does not match.

    A field is "...", or a pair of a name (or None) and a part (or None).
    """
    split = tokens(message)
    needed = [field for field in fields if field != "..."]
    if len(split) < len(needed):
        return None
    if "..." in fields:
        before = fields.index("...")
        spare = len(split) - len(needed)
        bound = fields[:before] + [(None, None)] * spare + fields[before + 1 :]
        texts = [text for text, _ in split]
    else:
        bound = fields
        texts = [text for text, _ in split[: len(fields)]]
        if len(split) > len(fields):
            texts[-1] = split[len(fields) - 1][1]
    extracted = {}
    for position, ((name, part), text) in enumerate(zip(bound, texts, strict=True), start=1):
        if part and not field_satisfies(part, text):
            return None
        extracted[f"${name or position}"] = text
    return extracted


def field_satisfies(part: Part, text: str) -> bool:
    """Say whether the text of a field satisfies a condition."""
    if part[0] == "all":
        return all(field_satisfies(inner, text) for inner in part[1])
    if part[0] == "any":
        return any(field_satisfies(inner, text) for inner in part[1])
    operator, operand = part[2], part[3]
    if operator == "!=":
        return not field_satisfies((*part[:2], "=", operand), text)
    if operand[0] != "number":
        return fits(text, operand)
    if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        return False
    return compared(Written(text), operator, operand)


# --- Terms ---------------------------------------------------------------------------------------


def terms_match(terms: list[tuple[str, str]], message: str) -> bool:
    """Say whether a message satisfies terms, which are pairs of a sign and a text."""
    plain = [text for sign, text in terms if sign == ""]
    excluded = [text for sign, text in terms if sign == "-"]
    optional = [text for sign, text in terms if sign == "?"]
    if plain or excluded:
        return all(t in message for t in plain) and not any(t in message for t in excluded)
    return any(t in message for t in optional) if optional else True
