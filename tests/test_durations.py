"""Durations as people write them, and as they are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.durations import duration_text, format_duration, parse_duration

DURATIONS = [
    ("90s", 90.0),
    ("5m", 300.0),
    ("24h", 86_400.0),
    ("7d", 604_800.0),
    ("1.5h", 5_400.0),
    (" 5 m ", 300.0),
    ("0s", 0.0),
    ("999999999.999999d", timedelta.max.total_seconds()),
]
NONE = [
    "",
    "5",
    "m",
    "5M",
    "5min",
    "-5m",
    "+5m",
    "1h 30m",
    ".5h",
    "1e3s",
    "\u0665m",
    "9" * 10 + "s",
]
SHOWN = [
    (0, "0s"),
    (0.4, "0s"),
    (45, "45s"),
    (90, "1m 30s"),
    (300, "5m"),
    (5_400, "1h 30m"),
    (86_400 + 3_600 + 60 + 1, "1d 1h"),
    (86_399.6, "1d"),
    (-5, "0s"),
]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS)
def test_duration_is_read(text: str, seconds: float) -> None:
    """A number and a unit give a duration; blanks round them do not matter."""
    assert seconds == pytest.approx(parse_duration(text).total_seconds())


@pytest.mark.parametrize("text", NONE)
def test_error_no_duration(text: str) -> None:
    """What is no number with a unit is refused, and shown."""
    with pytest.raises(ValueError, match="expected a duration") as caught:
        parse_duration(text)
    expected = f'expected a duration such as "90s", "5m", "24h" or "7d", found "{text}"'
    assert expected == str(caught.value)


def test_error_duration_is_cut() -> None:
    """A duration of a megabyte does not make an error of a megabyte."""
    with pytest.raises(ValueError, match="expected a duration") as caught:
        parse_duration("5" * 1_000_000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(("seconds", "text"), SHOWN)
def test_duration_is_shown(seconds: float, text: str) -> None:
    """A duration is shown in its two largest units."""
    assert text == format_duration(timedelta(seconds=seconds))


@given(st.integers(1, 999), st.sampled_from(["s", "m", "h", "d"]))
def test_whole_units_come_back(count: int, unit: str) -> None:
    """What is shown in one unit is what that text is read as."""
    shown = format_duration(parse_duration(f"{count}{unit}"))
    if " " not in shown:
        assert parse_duration(f"{count}{unit}") == parse_duration(shown)


@pytest.mark.parametrize(
    ("seconds", "text"), [(300, "5m"), (90, "90s"), (86_400, "1d"), (1.5, "1.5s"), (0, "0s")]
)
def test_duration_is_written(seconds: float, text: str) -> None:
    """A duration is written exactly, in the largest unit that needs no fraction."""
    assert text == duration_text(timedelta(seconds=seconds))


@given(st.integers(0, 10**9))
def test_written_duration_reads_back(milliseconds: int) -> None:
    """What is written is read back as it was."""
    duration = timedelta(milliseconds=milliseconds)
    assert duration == parse_duration(duration_text(duration))
