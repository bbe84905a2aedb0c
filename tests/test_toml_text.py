"""TOML that is written reads back as what it was."""

from __future__ import annotations

import tomllib
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from trailbell.toml_text import Value, key_text, table_text, value_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    TEXTS
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


@given(TEXTS, VALUES)
def test_reads_back(name: str, value: Value) -> None:
    """Any key and value that is written is read back as it was."""
    text = f"{key_text(name)} = {value_text(value)}"
    assert {name: value} == tomllib.loads(text)


def test_patterns_read_as_they_are() -> None:
    """A text with quotes stands in single quotes, unless it has one itself."""
    texts = ['{ $.a = "b" }', r"%\d%", "plain", "it's", 'it\'s "x"', "tab\t\x7f", '"\n']
    expected = [
        "'{ $.a = \"b\" }'",
        r"'%\d%'",
        '"plain"',
        '"it\'s"',
        '"it\'s \\"x\\""',
        '"tab\\t\\U0000007f"',
        '"\\"\\n"',
    ]
    assert expected == [value_text(text) for text in texts]


def test_lone_surrogate() -> None:
    """What no UTF-8 can hold is written as a question mark."""
    assert '"a?"' == value_text("a\ud800")


def test_table() -> None:
    """A table has a line a key."""
    pairs: list[tuple[str, Value]] = [
        ("name", "deploys"),
        ("until", date(2027, 6, 30)),
        ("two words", ["a", 1]),
    ]
    expected = '[[except]]\nname = "deploys"\nuntil = 2027-06-30\n"two words" = ["a", 1]\n'
    assert expected == table_text("[[except]]", pairs)
