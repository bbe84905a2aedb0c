"""The last stage of the pipeline: take what the store owes to its destinations.

Every attempt is written down before the next is made: an alert is either delivered in the store,
or owed there with the reason why.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.clock import Clock
from trailbell.counts import Counts
from trailbell.deliver import Courier, Delivery, Message, Verdict
from trailbell.errors import StoreError
from trailbell.model import Alert, Remark
from trailbell.store import Owed, Store


@dataclass(frozen=True, slots=True)
class Destination:
    """Say how alerts reach one destination.

    ``render`` makes a message of an alert, ``plain`` a simpler one for when that is refused.
    ``takes_old`` is False for a channel, into which an archive must never pour by accident.
    """

    courier: Courier[Any]  # Each destination has messages of its own type.
    render: Callable[[Alert], object]
    plain: Callable[[Alert], object] | None = None
    takes_old: bool = True

    def attempt(self, alert: Alert) -> Delivery:
        """Try to deliver an alert once."""
        plain = self.plain(alert) if self.plain else None
        return self.courier.attempt(Message(alert.id, self.render(alert), plain))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Say why something is owed to a destination; ``lasting`` is what no retry mends."""

    reason: str
    lasting: bool = False


class Dispatch:
    """Deliver what a store owes to destinations, at the pace of each, and count it.

    ``tell`` gets what is worth a word, ``progress`` the number of alerts delivered and of those
    still to be tried.
    """

    def __init__(
        self,
        destinations: Mapping[str, Destination],
        store: Store,
        clock: Clock,
        tell: Callable[[Remark], None],
        progress: Callable[[int, int], None],
    ) -> None:
        self._destinations = destinations
        self._store = store
        self._clock = clock
        self._tell = tell
        self._progress = progress
        self._absent: dict[str, Trouble] = {}
        self._failing: dict[str, Trouble] = {}
        self._refused: dict[str, tuple[str, str]] = {}

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        """Return what is the matter with each destination that something is owed to."""
        refused = {name: Trouble(reason) for name, reason in self._refused.values()}
        return {**self._absent, **refused, **self._failing}

    def deliver(self, counts: Counts, wait: float) -> None:
        """Deliver what is owed; give up once nothing was accepted for ``wait`` seconds."""
        clock, queues = self._clock, self._queues()
        patience_ends = clock.now() + wait
        while queues:
            name = min(queues, key=lambda name: self._destinations[name].courier.ready_at)
            courier, queue = self._destinations[name].courier, queues[name]
            if courier.stopped or not queue:
                del queues[name]
                continue
            if courier.ready_at > max(patience_ends, clock.now()):
                break
            clock.sleep(courier.ready_at - clock.now())
            owed = queue.popleft()
            verdict = self._hand_over(owed, counts)
            if verdict is Verdict.DELIVERED:
                patience_ends = clock.now() + wait
            elif verdict is Verdict.RETRY:
                queue.appendleft(owed)
            self._progress(counts.alerts, sum(map(len, queues.values())))

    def _queues(self) -> dict[str, deque[Owed]]:
        """Return what is owed to each destination, without what was refused in this run."""
        queues: dict[str, deque[Owed]] = {}
        for owed in self._store.owed_alerts():
            if owed.destination not in self._destinations:
                self._absent[owed.destination] = Trouble("this run has no such destination")
            elif owed.id not in self._refused:
                queues.setdefault(owed.destination, deque()).append(owed)
        return queues

    def _hand_over(self, owed: Owed, counts: Counts) -> Verdict:
        """Attempt one alert once, and write down what became of it."""
        name, courier = owed.destination, self._destinations[owed.destination].courier
        delivery = self._attempt(owed)
        delivered = delivery.verdict is Verdict.DELIVERED
        with self._store.batch():
            if delivered:
                counts.delivered += self._store.settle(owed.id)
                counts.alerts += 1
                counts.messages += 1
            else:
                self._store.keep_owing(owed.id, delivery.reason)
        if delivered:
            self._failing.pop(name, None)
            if owed.id in courier.degraded:
                self._tell(Remark(f"alert {owed.id}", f"went to {name} {delivery.reason}"))
        elif delivery.verdict is Verdict.REFUSED:
            self._refused[owed.id] = name, delivery.reason
        else:
            self._failing[name] = Trouble(delivery.reason, lasting=bool(courier.stopped))
        return delivery.verdict

    def _attempt(self, owed: Owed) -> Delivery:
        """Try to deliver an alert; what cannot be shown must not keep back the others."""
        try:
            return self._destinations[owed.destination].attempt(self._store.alert(owed.id))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  log content is hostile, and the rest must go out
            reason = f"internal error: the alert cannot be shown ({type(error).__name__})"
            return Delivery(Verdict.REFUSED, reason)
