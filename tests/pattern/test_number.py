"""What numbers are worth, and how they are printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_reference as reference
from trailbell.pattern.number import (
    is_number,
    java_text,
    literal_value,
    message_value,
    token_value,
)

NUMBERS = ["1", "-1", "+1", "1.", ".5", "1.5", "1e5", "1E-5", "1.e+5", "-.5e0", "007"]
OTHERS = [
    "",
    "+",
    ".",
    "e5",
    "1e",
    "1e+",
    "1.5.2",
    "1,5",
    "0x1",
    "1_0",
    "NaN",
    "inf",
    "\u0661",
    " 1",
]


@pytest.mark.parametrize("text", NUMBERS)
def test_is_number(text: str) -> None:
    """Signs, a point and an exponent make numbers."""
    assert is_number(text)
    assert Decimal(text) == literal_value(text) == token_value(text)


@pytest.mark.parametrize("text", OTHERS)
def test_is_no_number(text: str) -> None:
    """What only Python takes for a number is none."""
    assert not is_number(text)
    assert literal_value(text) is None
    assert token_value(text) is None


def test_exponents_of_literals() -> None:
    """The exponent of a literal fits 32 bits, the exponent of a message need not."""
    assert Decimal("1e2147483647") == literal_value("1e2147483647")
    assert literal_value("1e2147483648") is None
    assert literal_value("1e-2147483648") is not None
    assert literal_value("1e-2147483649") is None
    assert message_value("1e2147483648") is None
    assert Decimal(0) == message_value("1e-99999999999999999999")


JAVA = {
    "0": "0", "-0": "-0", "123": "123", "1" + "0" * 400: "1" + "0" * 400,
    "0.0": "0.0", "-0.0": "-0.0", "1.0": "1.0", "1e0": "1.0", "1.50": "1.5", "-2.5e-1": "-0.25",
    "1e-3": "0.001", "0.00099": "9.9E-4", "9999999.0": "9999999.0", "1e7": "1.0E7",
    "12345678.9": "1.23456789E7", "1e21": "1.0E21", "1.7976931348623157e308":
    "1.7976931348623157E308", "1e309": "Infinity", "-1e309": "-Infinity", "1e-400": "0.0",
    "100.0": "100.0", "1e2": "100.0",
}  # fmt: skip


@pytest.mark.parametrize("text", JAVA)
def test_java_text(text: str) -> None:
    """Integers are printed as they are, other numbers as Java prints a double."""
    assert JAVA[text] == java_text(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None, max_examples=500, print_blob=True)
def test_java_text_reference(double: float) -> None:
    """Any double is printed as the reference prints it."""
    text = repr(double) if set(repr(double)) & set(".e") else f"{double!r}.0"

    assert reference.printed(text) == java_text(text)
    assert double == float(java_text(text).replace("E", "e"))
