"""The dialect of regexes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.pattern.regex import RegexError, compile_regex

_ATOMS = [
    "a",
    "b",
    "é",
    "1",
    ".",
    "[ab]",
    "[^a]",
    "[a-c1]",
    "\\d",
    "\\w",
    "\\S",
    "\\x61",
    "\\.",
    "-",
]
_PIECES = st.tuples(
    st.sampled_from([atom for atom in _ATOMS if atom.isascii()]),
    st.sampled_from(["", "", "*", "+", "?", "*?", "{2}", "{1,2}", "{,2}", "{1,}", "{1,2}?"]),
).map("".join)
_BRANCHES = st.tuples(
    st.sampled_from(["", "^"]),
    st.lists(_PIECES, max_size=4).map("".join),
    st.sampled_from(["", "$"]),
).map("".join)
_BODIES = st.lists(_BRANCHES, min_size=1, max_size=3).map("|".join).filter(bool)


@given(_BODIES, st.text("ab1é.- \n", max_size=8))
@settings(deadline=None, max_examples=800, print_blob=True)
def test_standard_library_agrees(body: str, text: str) -> None:
    """A regex finds what Python's finds, with ASCII classes and "$" at the very end."""
    translated = body.replace("$", r"\Z").replace("{,", "{0,")

    assert (re.search(translated, text, re.ASCII) is not None) is compile_regex(body)(text)


@given(st.text(st.characters(max_codepoint=0x2FF), min_size=1, max_size=8))
@settings(deadline=None, max_examples=800, print_blob=True)
def test_no_body_crashes(body: str) -> None:
    """Any body compiles, or is refused at a place in it."""
    error = _error_of(body)

    assert error is None or 0 <= error.start <= error.end <= len(body)


def _error_of(body: str) -> RegexError | None:
    """Give the error of a body that is no regex."""
    try:
        compile_regex(body)("a")
    except RegexError as error:
        return error
    return None


@pytest.mark.parametrize(
    "body", [r"\w*\w*\w*x", "a*a*a*a*b", "a?" * 60 + "a" * 60 + "b", ".*" * 99 + "x"]
)
def test_time_is_linear(body: str) -> None:
    """A regex that takes a backtracking engine for ever is answered."""
    assert not compile_regex(body)("a" * 100_000)


def test_lone_surrogates() -> None:
    """A lone surrogate is one character, and hides none of the others."""
    assert compile_regex("^.x$")("\ud800x")
    assert compile_regex("^.x$")("\udfffx")
    assert not compile_regex(r"\?")("\ud800")


def test_error_silence(capfd: pytest.CaptureFixture[str]) -> None:
    """RE2 writes nothing when it refuses a regex."""
    with pytest.raises(RegexError):
        compile_regex("a{1001}")

    assert ("", "") == capfd.readouterr()
