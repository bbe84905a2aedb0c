"""What of a match is kept and shown: the clauses that decided it, and no credential."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from trailbell.masking import MASK, is_secret_key, masked_message
from trailbell.model import Clause, Match
from trailbell.preview import one_line

LONGEST_CLAUSE = 150
"""Characters of a clause, or of a value that it selected, that an alert keeps."""
MOST_VALUES = 3
"""Values selected by one clause that an alert keeps."""


def with_evidence(match: Match, time: int) -> Match:
    """Return a match as it is stored and shown: with its clauses, without credentials.

    ``time`` is the event time in milliseconds, for an event that has no timestamp of its own.
    """
    event = match.event
    clauses = tuple(
        Clause(one_line(leaf.text, LONGEST_CLAUSE), tuple(_shown(leaf.path, leaf.selected)))
        for leaf in match.rule.compiled.explain(event.message).decisive()
    )
    kept = msgspec.structs.replace(
        event,
        message=masked_message(event.message),
        timestamp=time if event.timestamp is None else event.timestamp,
    )
    return Match(match.rule, kept, clauses)


def _shown(path: Sequence[str], selected: Sequence[str]) -> Iterator[str]:
    """Give the selected values as an alert may show them."""
    secret = any(is_secret_key(name) for name in path)
    for value in selected[:MOST_VALUES]:
        yield MASK if secret else one_line(masked_message(value), LONGEST_CLAUSE)
