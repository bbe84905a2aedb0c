"""Many rules on many events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailbell.model import Match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trailbell.model import LogEvent, Rule


class Engine:
    """Find the rules that hold on events."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)

    def match(self, events: Iterable[LogEvent]) -> list[Match]:
        """Return the matches in the order of the events, and of the rules within an event."""
        return [
            Match(rule, event)
            for event in events
            for rule in self._rules
            if rule.compiled.matches(event.message)
        ]
