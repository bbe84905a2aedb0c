"""What outlives a run: the matches that were seen, and the alerts that are owed or delivered."""

from trailbell.store.sqlite import Owed, PastRun, Store, Tally, Window

__all__ = ["Owed", "PastRun", "Store", "Tally", "Window"]
