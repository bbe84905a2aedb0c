"""What outlives a run: the matches that were seen, and the alerts that are owed or delivered."""

from trailbell.store.sqlite import Owed, Store, Tally

__all__ = ["Owed", "Store", "Tally"]
