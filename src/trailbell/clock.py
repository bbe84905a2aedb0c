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
    """Go by the machine's clock as it stood when this one was made, and never back.

    A machine's time may be set while a run waits for its turn to send.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return self._offset + time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, in real time."""
        if seconds > 0:
            time.sleep(seconds)
