"""Take messages to one destination: at its pace, again after trouble, and never past a refusal.

The sender classifies an answer, the courier decides what follows from it. What is not delivered
stays owed by whoever called; nothing is dropped here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from trailbell.clock import Clock
from trailbell.deliver.outcome import Delivery, Verdict
from trailbell.deliver.pacing import Pace

FIRST_BACKOFF = 1.0
"""Seconds to wait after the first failure; each further one doubles it."""
LONGEST_BACKOFF = 300.0
"""Seconds that a wait between two attempts grows to."""

M_contra = TypeVar("M_contra", contravariant=True)
M = TypeVar("M")


class Sender(Protocol[M_contra]):
    """Hand over one message, once."""

    def send(self, message: M_contra, /) -> Delivery:
        """Say what became of the message; never raise for trouble on the way."""


@dataclass(frozen=True, slots=True)
class Message(Generic[M]):
    """Hold an alert as its destination shows it, and a plain form for when that is refused.

    ``id`` is that of the alert.
    """

    id: str
    content: M
    plain: M | None = None


class Courier(Generic[M]):
    """Deliver messages to one destination, one at a time.

    ``ready_at`` is the time (seconds since the epoch) before which no attempt may be made.
    ``stopped`` is empty, or why nothing more is sent: an answer that no retry mends, such as a
    revoked webhook. ``degraded`` holds the ids of the messages whose content was refused, and of
    which only the plain form is sent. ``jitter`` gives a factor for a wait, so that many senders do
    not return at once.
    """

    def __init__(
        self,
        sender: Sender[M],
        clock: Clock,
        pace: Pace | None = None,
        jitter: Callable[[], float] = lambda: random.uniform(0.75, 1.25),  # noqa: S311  no secret
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._pace = pace or Pace()
        self._jitter = jitter
        self._backoff = FIRST_BACKOFF
        self._not_before = 0.0
        self.stopped = ""
        self.degraded: dict[str, str] = {}

    @property
    def ready_at(self) -> float:
        """Return the time from which the next attempt may be made."""
        return max(self._not_before, self._pace.ready_at())

    def attempt(self, message: Message[M]) -> Delivery:
        """Try to deliver a message once; where its content is refused, its plain form once.

        The caller waits for ``ready_at`` first, and asks no more once ``stopped`` says why.
        """
        if message.plain is None:
            return self._send(message.content)
        if message.id not in self.degraded:
            delivery = self._send(message.content)
            if delivery.verdict is not Verdict.REFUSED:
                return delivery
            self.degraded[message.id] = delivery.reason
            self._clock.sleep(self.ready_at - self._clock.now())
        delivery = self._send(message.plain)
        if delivery.verdict is Verdict.DELIVERED:
            since = self.degraded[message.id]
            return Delivery(Verdict.DELIVERED, f"as plain text, since {since}")
        return delivery

    def _send(self, content: M) -> Delivery:
        """Send once, and set the pace of what follows by what became of it."""
        self._pace.take(self._clock.now())
        delivery = self._sender.send(content)
        match delivery.verdict:
            case Verdict.DELIVERED:
                self._backoff = FIRST_BACKOFF
            case Verdict.RETRY:
                self._wait(delivery.retry_after)
            case Verdict.MISCONFIGURED:
                self.stopped = delivery.reason
        return delivery

    def _wait(self, asked: float | None) -> None:
        """Keep away for as long as the destination asked, else for a time that doubles."""
        if asked is None:
            wait = self._backoff * self._jitter()
            self._backoff = min(self._backoff * 2, LONGEST_BACKOFF)
        else:
            wait = max(asked, FIRST_BACKOFF)
        self._not_before = self._clock.now() + wait
