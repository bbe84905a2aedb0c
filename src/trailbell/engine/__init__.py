"""Many rules on many events, at a cost that hardly depends on how many rules there are."""

from trailbell.engine.counts import EngineCounts
from trailbell.engine.engine import Engine

__all__ = ["Engine", "EngineCounts"]
