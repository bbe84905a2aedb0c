"""The clock that rules pacing, retries and what counts as old.

Everything that waits or looks at the time takes one, so that a test can turn it by hand.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Give the time and wait, both in seconds."""

    def now(self) -> float:
        """Return the seconds since the epoch."""

    def sleep(self, seconds: float) -> None:
        """Wait; return at once where ``seconds`` is 0 or less."""


class SystemClock:
    """Go by the machine's clock."""

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait, in real time."""
        if seconds > 0:
            time.sleep(seconds)
