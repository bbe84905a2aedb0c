"""Read messages as JSON: numbers as they are written, any nesting up to a bound, no surprises."""

from __future__ import annotations

import json
import re
from threading import Thread
from typing import NoReturn

MAX_NESTING = 900
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


def decode(text: str) -> dict[str, Value] | None:
    """Read a message as a JSON object, the last of duplicate keys winning; None where it is none.

    Never raises, and takes time linear in the length of the text.
    """
    if not _OBJECT.match(text) or _nesting_exceeds(text):
        return None
    try:
        return _read(text)
    except RecursionError:
        # The decoder needs stack for each level, of which the caller may have left too little. A
        # thread has a stack of its own.
        found: list[dict[str, Value] | None] = []
        thread = Thread(target=lambda: found.append(_read(text)))
        thread.start()
        thread.join()
        return found[0] if found else None


def _read(text: str) -> dict[str, Value] | None:
    """Read a message that is not nested too deep."""
    try:
        value = _DECODER.decode(text)
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
