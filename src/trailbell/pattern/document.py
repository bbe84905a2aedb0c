"""Read messages as JSON: numbers as they are written, any nesting up to a bound, no surprises."""

from __future__ import annotations

import json
import re
from typing import NoReturn

MAX_NESTING = 1000
"""How deep arrays and objects can stand in one another; a deeper message is taken as plain text."""

Value = object
"""A JSON value: None, bool, str, Number, list or dict."""


class Number(str):
    """Hold a JSON number as it is written in the message."""

    __slots__ = ()


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and the infinities, which Python reads and JSON has not."""
    msg = f"{constant} is no JSON"
    raise ValueError(msg)


_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=_refuse)
_OBJECT = re.compile(r"[ \t\r\n]*+\{")
_NESTING = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_BLANKS = re.compile(r"[ \t\r\n]*+")


def decode(text: str) -> dict[str, Value] | None:
    """Read a message as a JSON object, the last of duplicate keys winning; None where it is none.

    Never raises, and takes time linear in the length of the text.
    """
    if not _OBJECT.match(text) or _nesting_exceeds(text):
        return None
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        # The decoder of the standard library needs stack for each level, of which the caller may
        # have left too little.
        return _decode_in_a_loop(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _nesting_exceeds(text: str) -> bool:
    """Say whether a text is nested too deep."""
    if text.count("{") + text.count("[") <= MAX_NESTING:
        return False
    depth = 0
    for match in _NESTING.finditer(text):
        sign = match[0]
        if sign in "[{":
            depth += 1
            if depth > MAX_NESTING:
                return True
        elif sign in "]}":
            depth -= 1
    return False


def _decode_in_a_loop(text: str) -> dict[str, Value] | None:
    """Read a JSON object as ``decode`` does, without using the stack for its nesting."""
    root: list[Value] = []
    containers: list[dict[str, Value] | list[Value]] = [root]
    key, at = "", 0
    try:
        while True:
            value, at, stays_open = _begin(text, _skip(text, at))
            container = containers[-1]
            if isinstance(container, dict):
                container[key] = value
            else:
                container.append(value)
            if stays_open and isinstance(value, dict | list):
                containers.append(value)
            else:
                at = _end(text, _skip(text, at), containers)
            if len(containers) == 1:
                break
            if isinstance(containers[-1], dict):
                key, at = _key(text, _skip(text, at))
    except (ValueError, IndexError):
        return None
    return root[0] if at == len(text) and isinstance(root[0], dict) else None


def _skip(text: str, at: int) -> int:
    """Step over blanks."""
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _begin(text: str, at: int) -> tuple[Value, int, bool]:
    """Read a scalar, or the start of a container, and say whether it has something in it."""
    sign = text[at]
    if sign not in "{[":
        value, at = _DECODER.raw_decode(text, at)
        return value, at, False
    at = _skip(text, at + 1)
    empty: dict[str, Value] | list[Value] = {} if sign == "{" else []
    if text[at] == ("}" if sign == "{" else "]"):
        return empty, at + 1, False
    return empty, at, True


def _end(text: str, at: int, containers: list[dict[str, Value] | list[Value]]) -> int:
    """Close the containers that end here, and step over the comma if one is left open."""
    while len(containers) > 1 and text[at] == ("}" if isinstance(containers[-1], dict) else "]"):
        containers.pop()
        at = _skip(text, at + 1)
    if len(containers) == 1:
        return at
    if text[at] != ",":
        raise ValueError(at)
    return at + 1


def _key(text: str, at: int) -> tuple[str, int]:
    """Read a key and the colon after it."""
    if text[at] != '"':
        raise ValueError(at)
    key, at = _DECODER.raw_decode(text, at)
    at = _skip(text, at)
    if text[at] != ":":
        raise ValueError(at)
    return key, at + 1
