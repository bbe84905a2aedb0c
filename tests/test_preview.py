"""Values in messages: one line, limited in length, harmless to print."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.preview import UNPRINTABLE, one_line, preview, printable

PREVIEWS = [
    ("bob", '"bob"'),
    ("", '""'),
    (5, "5"),
    (None, "None"),
    (True, "True"),
    (["a\n", 1], "['a\\n', 1]"),
    ("a\n\tb\x00c", '"a b c"'),
    ("\x1b[31mred\x1b[0m", '"[31mred [0m"'),
    ("\u202eevil\u2066", '"evil"'),
    ("half \ud83d", '"half"'),
    ("sof\xadt", '"sof t"'),
    ("tag\U000e0041", '"tag"'),
    ("x" * 80, f'"{"x" * 80}"'),
    ("x" * 81, f'"{"x" * 79}…"'),
]


@pytest.mark.parametrize(("value", "shown"), PREVIEWS, ids=ascii)
def test_preview(value: object, shown: str) -> None:
    """A value is shown on one line, text in quotes, nothing in it that moves a terminal."""
    assert shown == preview(value)


def test_preview_of_a_huge_number() -> None:
    """A number that Python does not write is described."""
    assert "a number of thousands of digits" == preview(10**5_000)


LINES = [
    ("x" * 9, 10, "x" * 9),
    ("x" * 10, 10, "x" * 10),
    ("x" * 11, 10, "x" * 9 + "…"),
    ("word " * 4, 10, "word word…"),
    (" " * 1_000 + "far", 10, "…"),
]


@pytest.mark.parametrize(("text", "longest", "shown"), LINES)
def test_line_is_cut(text: str, longest: int, shown: str) -> None:
    """A cut ends in an ellipsis, which counts; blanks at the end are left out."""
    assert shown == one_line(text, longest)


@given(st.text(), st.integers(1, 50))
def test_line_is_short_and_printable(text: str, longest: int) -> None:
    """Whatever a text holds, its line is short enough and holds nothing that cannot be shown."""
    line = one_line(text, longest)
    assert len(line) <= longest
    assert not UNPRINTABLE.search(line)
    assert len(line.splitlines()) <= 1
    assert line == line.encode().decode()


@given(st.text())
def test_printable_keeps_lines(text: str) -> None:
    """Line ends and tabs stay, and every other control leaves a mark where it stood."""
    clean = printable(text)
    assert not UNPRINTABLE.search(clean.replace("\n", "").replace("\t", ""))
    assert len(text.replace("\r\n", "\n")) == len(clean)
    assert clean == printable(clean)


def test_printable_text() -> None:
    """A log line of an attacker is shown without what would move the cursor."""
    assert "a\nb\tc\ufffd[2J\ufffdd\n" == printable("a\r\nb\tc\x1b[2J\rd\n")


def test_no_format_character_is_shown() -> None:
    """Of what Unicode calls format or control, only visible signs of a few scripts are left."""
    left = {
        sign
        for sign in map(chr, range(0x110000))
        if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and not UNPRINTABLE.match(sign)
    }
    scripts = {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN", "SHORTHAND", "MUSICAL", "INTERLINEAR"}
    assert {unicodedata.name(sign).split()[0] for sign in left} <= scripts
