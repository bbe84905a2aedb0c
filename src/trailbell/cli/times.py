"""Times and durations as options take them."""

from __future__ import annotations

import click

from trailbell.clock import SystemClock
from trailbell.durations import parse_duration
from trailbell.record import parse_time


class TimeType(click.ParamType[int]):
    """Take an ISO 8601 time, or a duration before now; give milliseconds since the epoch."""

    name = "time"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return the time; a time without an offset is UTC."""
        if isinstance(value, int):
            return value
        moment = parse_time(value)
        if moment is not None:
            return moment
        try:
            return int((SystemClock().now() - parse_duration(value).total_seconds()) * 1000)
        except (ValueError, OverflowError):
            self.fail(
                f'expected a time such as "2026-03-14T02:00Z", or how long ago, such as "24h";'
                f' found "{value}"',
                param,
                ctx,
            )


class SecondsType(click.ParamType[float]):
    """Take a number of seconds, or a duration such as ``5m``."""

    name = "seconds"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds, 0 or more."""
        try:
            text = str(value)
            seconds = (
                float(text) if text[-1:] not in "smhd" else parse_duration(text).total_seconds()
            )
        except (ValueError, OverflowError):
            seconds = -1.0
        if not 0 <= seconds < float("inf"):
            self.fail(f'expected seconds, or a duration such as "5m"; found "{value}"', param, ctx)
        return seconds
