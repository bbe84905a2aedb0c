"""Windows that look alike come together."""

from __future__ import annotations

import random

from trailbell.engine.buckets import Sample, spread

TEXT = b"the quick brown fox jumps over the lazy dog, and THE SLOW RED ONE SLEEPS: 0123456789"


def looks_like(windows: set[bytes], text: bytes) -> int:
    """Count the places of a text that are, by the halves of each byte, windows of a bucket."""
    return sum(
        all(
            byte & 15 in {window[at] & 15 for window in windows}
            and byte >> 4 in {window[at] >> 4 for window in windows}
            for at, byte in enumerate(text[start : start + 4])
        )
        for start in range(len(text) - 3)
    )


def test_places_of_a_window() -> None:
    """Where both halves of each byte are those of a window, there it stands."""
    places = -1
    for where in Sample(TEXT).places(b"quic"):
        places &= where
    assert 1 << TEXT.index(b"quic") == places


def test_windows_that_are_alike_share_a_bucket() -> None:
    """Letters of one case, and digits, are told from the others by their halves."""
    found = spread([b"abcd", b"ABCD", b"0123", b"abce", b"ABCE", b"0124"], Sample(TEXT), 3)
    assert found[b"abcd"] == found[b"abce"]
    assert found[b"ABCD"] == found[b"ABCE"]
    assert found[b"0123"] == found[b"0124"]
    assert 3 == len(set(found.values()))


def test_buckets_by_chance_are_worse() -> None:
    """Fewer places look like a window than if the windows were dealt out."""
    rng = random.Random(3)  # noqa: S311  the same in every run
    windows = [TEXT[at : at + 4] for at in rng.sample(range(len(TEXT) - 4), 24)]
    found = spread(windows, Sample(TEXT), 6)
    chosen = sum(looks_like({w for w in windows if found[w] == one}, TEXT) for one in range(6))
    dealt = sum(looks_like(set(windows[one::6]), TEXT) for one in range(6))
    assert chosen < dealt
