"""The pace of a destination: so many messages at once, then so many a second."""

from __future__ import annotations

from typing import Self

# Slack takes one message a second and channel and tolerates short bursts:
# https://docs.slack.dev/apis/web-api/rate-limits
PER_SECOND = 1.0
BURST = 3


class Pace:
    """Ration messages with a token bucket: ``burst`` at once, then ``per_second``.

    Times are in seconds and come from the caller's clock.
    """

    def __init__(self, per_second: float = PER_SECOND, burst: int = BURST) -> None:
        self._interval = 1 / per_second
        self._burst = burst
        self._empty_until = 0.0  # when the bucket, drained to the last token, would be full of one

    @classmethod
    def at_once(cls) -> Self:
        """Return the pace of what needs none, such as a terminal."""
        # A second of so many messages is as good as at once.
        return cls(1_000_000.0, 1)

    def ready_at(self) -> float:
        """Return the time from which the next message may go out."""
        return self._empty_until - (self._burst - 1) * self._interval

    def take(self, now: float) -> None:
        """Note that a message goes out now."""
        self._empty_until = max(self._empty_until, now) + self._interval
