"""What became of one attempt to hand a message over."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """Say what the answer to a message asks for."""

    DELIVERED = "delivered"
    """The destination took the message."""
    RETRY = "retry"
    """The same message may be accepted later; it may also have been posted already."""
    REFUSED = "refused"
    """The content was refused: a plain fallback may pass, the same message will not."""
    MISCONFIGURED = "misconfigured"
    """No message will pass until a person mends the address, the channel or the network."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold the outcome of one attempt.

    ``reason`` is a short clause for people, free of secrets and control characters.
    ``retry_after`` is in seconds, and None where the destination asked for no wait.
    """

    verdict: Verdict
    reason: str
    retry_after: float | None = None
