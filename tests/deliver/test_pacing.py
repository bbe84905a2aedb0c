"""The pace of a destination."""

from __future__ import annotations

import pytest

from trailbell.deliver import Pace


def times(pace: Pace, number: int, start: float) -> list[float]:
    """Return when messages go out that are all there at the start, in seconds after it."""
    now, gone = start, []
    for _ in range(number):
        now = max(now, pace.ready_at())
        pace.take(now)
        gone.append(round(now - start, 6))
    return gone


@pytest.mark.parametrize("start", [0.0, 1_773_489_600.0])
def test_three_at_once_then_one_a_second(start: float) -> None:
    """By default three go out at once, and then one a second."""
    assert [0, 0, 0, 1, 2, 3, 4] == times(Pace(), 7, start)


@pytest.mark.parametrize(
    ("per_second", "burst", "expected"),
    [(1.0, 1, [0, 1, 2, 3]), (2.0, 2, [0, 0, 0.5, 1]), (0.1, 1, [0, 10, 20, 30])],
)
def test_pace_is_a_choice(per_second: float, burst: int, expected: list[float]) -> None:
    """Rate and burst are as configured."""
    assert expected == times(Pace(per_second, burst), 4, 100.0)


def test_rest_earns_a_burst_and_no_more() -> None:
    """After a rest a burst goes out again, however long the rest was."""
    pace = Pace()
    times(pace, 5, 100.0)
    assert [0, 0, 0, 1] == times(pace, 4, 100_000.0)


def test_half_a_rest_earns_a_part() -> None:
    """Two seconds of rest earn two messages."""
    pace = Pace()
    times(pace, 3, 100.0)
    assert [0, 0, 1] == times(pace, 3, 102.0)


def test_a_terminal_needs_none() -> None:
    """Thousands go out as if at once."""
    assert times(Pace.at_once(), 5_000, 100.0)[-1] < 0.01
