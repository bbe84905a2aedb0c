"""What outlives a run: matches, what became of them, and what is muted."""

from trailbell.store.mutes import Mutes
from trailbell.store.rows import Owed, PastRun, Suppressed, Tally, Waiting, Window
from trailbell.store.sqlite import Store

__all__ = ["Mutes", "Owed", "PastRun", "Store", "Suppressed", "Tally", "Waiting", "Window"]
