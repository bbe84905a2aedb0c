"""Windows are chosen so that few places look like one, and the finder takes any choice."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.engine.bytescan import Finder
from trailbell.engine.literals import Level
from trailbell.engine.windows import with_windows

texts = st.text(string.ascii_letters + string.digits + '"-_.: ', min_size=3, max_size=40)


def window(literal: bytes, level: Level = Level.PLAIN) -> bytes:
    """Give the window of a literal."""
    ((text, at, _),) = with_windows([literal], level, 8)
    return text[at : at + 4]


@pytest.mark.parametrize(
    ("level", "numbers", "buckets"),
    [(Level.PLAIN, 0, 8), (Level.PLAIN, 1, 6), (Level.PAYLOAD, 2, 5)],
)
@given(written=st.lists(texts, max_size=30))
def test_any_literals(level: Level, numbers: int, buckets: int, written: list[str]) -> None:
    """Every literal gets a window and a bucket with which the finder finds it."""
    literals = [text.encode() for text in written]
    chosen = with_windows(literals, level, buckets)
    assert literals == [text for text, _, _ in chosen]
    finder = Finder(chosen, numbers)
    for place, literal in enumerate(literals):
        assert (len(literal), place) in finder.find(literal)[0]


def test_what_a_trail_is_full_of_is_no_window() -> None:
    """Of a text that has a part which every record holds, another part is looked for."""
    assert window(b'"eventName":"Xyzzy"') not in b'"eventName":"'
    assert window(rb"\"userIdentity\":Qq", Level.PAYLOAD) not in rb"\"userIdentity\":"


def test_literals_share_a_window() -> None:
    """What many literals hold is looked for once."""
    many = [b"Zyx%02dWvu%02d" % (number, 99 - number) for number in range(100)]
    windows = {text[at : at + 4] for text, at, _ in with_windows(many, Level.PLAIN, 8)}
    assert len(windows) <= 20


def test_there_may_be_none() -> None:
    """No literals have no windows."""
    assert [] == with_windows([], Level.PAYLOAD, 5)
