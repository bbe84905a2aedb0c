"""Durations as people write them: ``90s``, ``5m``, ``24h``, ``7d``."""

from __future__ import annotations

import re
from datetime import timedelta

from trailbell.preview import preview

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s?(s|m|h|d)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def parse_duration(text: str) -> timedelta:
    """Return the duration that a text such as ``"5m"`` stands for.

    Raises ValueError where it stands for none.
    """
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(
            f'expected a duration such as "90s", "5m", "24h" or "7d", found {preview(text)}'
        )
    # Nine digits of days are just within what a timedelta holds.
    return timedelta(seconds=float(found[1]) * _SECONDS[found[2]])


def format_duration(duration: timedelta) -> str:
    """Return a duration, rounded to seconds, in its two largest units: ``1h 30m``, ``45s``.

    A negative duration is none, ``0s``.
    """
    left = max(0, round(duration.total_seconds()))
    parts = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"


def duration_text(duration: timedelta) -> str:
    """Return a duration exactly, in one unit, as ``parse_duration`` reads it: ``5m``, ``90s``."""
    seconds = duration.total_seconds()
    for unit in ("d", "h", "m"):
        if seconds and not seconds % _SECONDS[unit]:
            return f"{seconds / _SECONDS[unit]:.0f}{unit}"
    return f"{seconds:f}".rstrip("0").rstrip(".") + "s"
