"""How messages are split into tokens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_reference as reference
from trailbell.pattern import Message
from trailbell.pattern.message import split

SPLITS = {
    "": [],
    " \t\n": [],
    "a": [("a", 0)],
    " a\tb\n\r\f\vc ": [("a", 1), ("b", 3), ("c", 8)],
    '"a b" c': [("a b", 0), ("c", 6)],
    "[a b] c": [("a b", 0), ("c", 6)],
    '"b"c': [("b", 0), ("c", 3)],
    '"a""b"[c]d': [("a", 0), ("b", 3), ("c", 6), ("d", 9)],
    'a"b c"': [('a"b', 0), ('c"', 4)],
    '"y z': [('"y', 0), ("z", 3)],
    "[y z": [("[y", 0), ("z", 3)],
    '"" []': [("", 0), ("", 3)],
    '["a] b"': [('"a', 0), ('b"', 5)],
    "] [": [("]", 0), ("[", 2)],
    '"a\nb"': [("a\nb", 0)],
    "a\u00a0b": [("a\u00a0b", 0)],
    '"a\\" b"': [("a\\", 0), ('b"', 5)],
}


@pytest.mark.parametrize("text", SPLITS)
def test_split(text: str) -> None:
    """A text is split at whitespace, quotes and brackets keeping texts together."""
    assert SPLITS[text] == split(text)


@given(st.text('ab "[]\n'))
@settings(deadline=None, max_examples=500, print_blob=True)
def test_split_reference(text: str) -> None:
    """Tokens and where they begin are those of the reference."""
    found = split(text)

    assert reference.tokens(text) == [(token, text[at:]) for token, at in found]


def test_message() -> None:
    """A message gives its text, its object and its tokens."""
    message = Message(b'{"a": "\xc3\xa9"}')

    assert '{"a": "é"}' == message.text
    assert {"a": "é"} == message.document
    assert [('{"a":', 0), ('"é"}', 6)][:1] == message.tokens[:1]
    assert Message("x").document is None
