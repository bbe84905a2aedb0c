"""The machine's clock."""

from __future__ import annotations

import time

import pytest

from trailbell.clock import SystemClock


def test_goes_by_the_machines_time() -> None:
    """The time is in seconds since the epoch."""
    assert abs(SystemClock().now() - time.time()) < 60


def test_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose time is set back for a day does not hold a run up for a day."""
    clock = SystemClock()
    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: before - 86_400)
    assert before <= clock.now() < before + 60


def test_does_not_wait_for_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait of no time, or of less, is no wait at all."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    clock = SystemClock()
    for seconds in (0.0, -86_400.0, 0.5):
        clock.sleep(seconds)
    assert [0.5] == waits
