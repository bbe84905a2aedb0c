"""What of a match is kept and shown: the clauses that decided it, and no credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

import msgspec

from trailbell.masking import MASK, is_secret_key, masked_message
from trailbell.model import Clause, Match
from trailbell.pattern import Explanation, Pattern
from trailbell.preview import one_line

LONGEST_CLAUSE = 150
"""Characters of a clause, or of a value that it selected, that an alert keeps."""
MOST_VALUES = 3
"""Values selected by one clause that an alert keeps."""


def with_evidence(match: Match, time: int) -> Match:
    """Return a match as it is stored and shown: with its clauses, without credentials.

    ``time`` is the event time in milliseconds, for an event that has no timestamp of its own.
    """
    event, pattern = match.event, match.compiled
    masked = masked_message(event.message)
    explanation = pattern.explain(event.message)
    found = shown_values(pattern, explanation, event.message, masked)
    clauses = tuple(
        Clause(
            one_line(leaf.text, LONGEST_CLAUSE),
            tuple(
                one_line(value, LONGEST_CLAUSE) for value in found.get(leaf.text, ())[:MOST_VALUES]
            ),
        )
        for leaf in explanation.decisive()
    )
    kept = msgspec.structs.replace(
        event, message=masked, timestamp=time if event.timestamp is None else event.timestamp
    )
    return Match(match.rule, kept, clauses, match.pattern)


def shown_values(
    pattern: Pattern, explanation: Explanation, message: str, masked: str
) -> Mapping[str, tuple[str, ...]]:
    """Return what each clause selected in a message, by the clause's text, without credentials.

    ``explanation`` is that of the pattern on the message, ``masked`` the message without
    credentials. A value is shown where the same clause selects it in the masked message too: by
    its own path alone, a value such as that of ``$.credentials.*`` does not look like a secret.
    """
    safe = explanation if masked == message else pattern.explain(masked)
    there = {leaf.text: leaf.selected for leaf in _leaves(safe)}
    return {
        leaf.text: tuple(_shown(leaf, there.get(leaf.text, ()))) for leaf in _leaves(explanation)
    }


def _shown(leaf: Explanation, safe: tuple[str, ...]) -> Iterator[str]:
    """Give the values that a clause selected; ``safe`` are those of the masked message."""
    secret = any(map(is_secret_key, leaf.path))
    for value, masked in zip_longest(leaf.selected, safe[: len(leaf.selected)]):
        if value == masked and not secret:
            yield value
        else:
            # The fields of a text may have moved; those of JSON are where they were.
            partly = leaf.path and not secret and masked and masked.strip('"') != MASK
            yield masked if partly else MASK


def _leaves(explanation: Explanation) -> Iterator[Explanation]:
    """Give the parts of an explanation that have no parts."""
    if not explanation.children:
        yield explanation
    for child in explanation.children:
        yield from _leaves(child)
