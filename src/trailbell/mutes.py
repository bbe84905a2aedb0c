"""Mutes: what is not to ring for a while, who said so, until when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from trailbell.durations import format_duration
from trailbell.preview import one_line

LONGEST = timedelta(days=30)
"""How long a mute lasts at most: what should never ring is an exception, or a rule disabled."""
LONGEST_WHAT = 200
LONGEST_OWNER = 60


@dataclass(frozen=True, slots=True)
class Mute:
    """Hold a mute: the matches that it is for are counted as muted, and not sent.

    ``rule``, ``actor`` and ``account`` all have to fit; an empty one is any, and ``*`` stands for
    any text. The times are in seconds since the epoch; ``lifted`` is None for one that nobody ended
    before its time. ``matches`` counts each match once, however often it is read. ``id`` is short.
    """

    rule: str
    actor: str
    account: str
    owner: str
    reason: str
    since: float
    until: float
    id: str = ""
    lifted: float | None = None
    lifted_by: str = ""
    matches: int = 0

    @property
    def what(self) -> str:
        """Say in words what is muted: ``rule root-usage and account 111122223333``."""
        named = (("rule", self.rule), ("actor", self.actor), ("account", self.account))
        return " and ".join(f"{name} {value}" for name, value in named if value)

    @property
    def ended(self) -> float:
        """Return when it ends, or ended."""
        return self.until if self.lifted is None else self.lifted

    def holds(self, now: float) -> bool:
        """Tell whether it holds at a time."""
        return self.since <= now < self.ended


def end_words(mute: Mute, now: float) -> str:
    """Say on one line that a mute ended, how long ago, and how much it kept back."""
    since = timedelta(seconds=round(now - mute.ended))
    ago = f"{format_duration(since)} ago" if since else "now"
    verb = "match was" if mute.matches == 1 else "matches were"
    return (
        f"the mute of {one_line(mute.what, LONGEST_WHAT)} by {one_line(mute.owner, LONGEST_OWNER)}"
        f" ended {ago}: {mute.matches:,} {verb} muted"
    )
