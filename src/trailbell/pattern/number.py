"""Numbers: how a pattern writes them, and what those of a message are worth.

All values are exact. What a message holds is bounded by its double, as on AWS: a number too large
for one compares with nothing, a number too small for one is zero.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
_EXPONENTS = range(-(2**31), 2**31)

# Between these Java writes a double without an exponent, and then as Python does:
# https://docs.oracle.com/javase/8/docs/api/java/lang/Double.html#toString-double-
_PLAIN_FROM, _PLAIN_BELOW = 1e-3, 1e7

_REMEMBERED, _SHORT = 256, 40
"""The values of so many tokens, of so many characters each, are remembered."""


def is_number(text: str) -> bool:
    """Say whether a text is written as a number."""
    return _NUMBER.fullmatch(text) is not None


def literal_value(text: str) -> Decimal | None:
    """Give the value of a number in a pattern; None where its exponent is beyond 32 bits."""
    match = _NUMBER.fullmatch(text)
    if match is None or int(match[1] or 0) not in _EXPONENTS:
        return None
    return Decimal(text)


def message_value(text: str) -> Decimal | None:
    """Give the value of a number in a message; None where it is too large to compare.

    Time is linear in the length of ``text``, whatever exponent it has.
    """
    double = float(text)
    if math.isinf(double):
        return None
    if double == 0:
        return Decimal(0)
    return Decimal(text)


def token_value(text: str) -> Decimal | None:
    """Give the value of a token of a message, None where it is no number that compares."""
    return _short_token_value(text) if len(text) <= _SHORT else _token_value(text)


def _token_value(text: str) -> Decimal | None:
    return message_value(text) if is_number(text) else None


# Several patterns ask for the number of one token.
_short_token_value = lru_cache(_REMEMBERED)(_token_value)


def java_text(text: str) -> str:
    """Give the text that a text literal is compared with where a message holds a number.

    An integer is taken as it is written, any other number as Java prints its double: 1e3 is
    "1000.0", and 1e309 is "Infinity".
    """
    if text.lstrip("-").isdigit():
        return text
    double = float(text)
    if math.isinf(double):
        return "Infinity" if double > 0 else "-Infinity"
    if double == 0 or _PLAIN_FROM <= abs(double) < _PLAIN_BELOW:
        return repr(double)
    negative, numerals, tail = Decimal(repr(double)).normalize().as_tuple()
    first, *others = map(str, numerals)
    exponent = len(others) + int(tail)
    return f"{'-' if negative else ''}{first}.{''.join(others) or '0'}E{exponent}"
