"""Times and durations as options take them."""

from __future__ import annotations

import click
import pytest

import kit
from trailbell.cli import times
from trailbell.cli.times import SecondsType, TimeType

NOON = int(kit.NOON * 1000)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon."""
    monkeypatch.setattr(times, "SystemClock", kit.HandClock)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-14T12:00:00Z", NOON),
        ("2026-03-14T12:00Z", NOON),
        ("2026-03-14T12:00", NOON),
        ("2026-03-14T13:00+01:00", NOON),
        ("2026-03-14T12:00:00.250Z", NOON + 250),
        ("2026-03-14", NOON - 43_200_000),
        ("0s", NOON),
        ("90s", NOON - 90_000),
        ("24h", NOON - 86_400_000),
        ("1.5h", NOON - 5_400_000),
        ("7d", NOON - 7 * 86_400_000),
    ],
)
def test_times(text: str, expected: int) -> None:
    """A time is ISO 8601, UTC unless it says otherwise, or a duration before now."""
    assert expected == TimeType().convert(text, None, None)
    assert expected == TimeType().convert(expected, None, None)


@pytest.mark.parametrize("text", ["", "noon", "-1h", "24", "2026-13-01", "h", "1e9d", "٣h"])
def test_error_times(text: str) -> None:
    """Anything else is refused, with both forms named."""
    with pytest.raises(click.BadParameter) as refused:
        TimeType().convert(text, None, None)
    expected = (
        'expected a time such as "2026-03-14T02:00Z", or how long ago, such as "24h";'
        f' found "{text}"'
    )
    assert expected == refused.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("60", 60), ("1.5", 1.5), ("90s", 90), ("5m", 300), ("24h", 86_400), (7.5, 7.5)],
)
def test_seconds(text: str | float, expected: float) -> None:
    """Seconds are a number, or a duration."""
    assert expected == SecondsType().convert(text, None, None)


@pytest.mark.parametrize("text", ["", "soon", "-1", "-5m", "inf", "nan", "5 minutes", "1e999"])
def test_error_seconds(text: str) -> None:
    """Anything else is refused, with both forms named."""
    with pytest.raises(click.BadParameter) as refused:
        SecondsType().convert(text, None, None)
    expected = f'expected seconds, or a duration such as "5m"; found "{text}"'
    assert expected == refused.value.message
