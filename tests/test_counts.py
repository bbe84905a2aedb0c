"""The counts of a run: all of them, and that they add up."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from trailbell.counts import Counts, Reason, Suppression

# The table of examples: matched, carried, delivered, suppressed, owed.
ENDS = [
    (3, 0, 3, {}, 0),
    (3, 0, 0, {Reason.DUPLICATE: 3}, 0),
    (3, 0, 0, {}, 3),
    (3, 3, 3, {Reason.DUPLICATE: 3}, 0),
    (3, 0, 0, {Reason.NOT_SENT: 3}, 0),
    (4, 0, 3, {Reason.DUPLICATE: 1}, 0),
    (4, 0, 0, {Reason.BELOW_THRESHOLD: 4}, 0),
    (3, 0, 0, {Reason.TOO_OLD: 3}, 0),
    (9, 2, 4, {Reason.TOO_OLD: 3, Reason.DUPLICATE: 1}, 3),
    (9, 0, 1, {Reason.MUTED: 5, Reason.EXCEPTION: 3}, 0),
]


def ended(
    matched: int, carried: int, delivered: int, suppressed: dict[Reason, int], owed: int
) -> Counts:
    """Make the counts of a run that ended so."""
    return Counts(
        matched=matched,
        carried=carried,
        delivered=delivered,
        suppressed=Counter(suppressed),
        owed=owed,
    )


@pytest.mark.parametrize("end", ENDS)
def test_counts_add_up(end: tuple[int, int, int, dict[Reason, int], int]) -> None:
    """What was matched and carried is delivered, suppressed or owed."""
    counts = ended(*end)
    assert counts.add_up
    assert not replace(counts, matched=counts.matched + 1).add_up


def test_report() -> None:
    """The report is one compact line with every count, and the reasons that there were."""
    counts = ended(5, 1, 2, {Reason.DUPLICATE: 2, Reason.TOO_OLD: 1, Reason.NOT_SENT: 0}, 1)
    counts.events, counts.records, counts.unreadable, counts.alerts = 7, 6, 1, 2
    expected = (
        '{"events":7,"records":6,"control":0,"digests":0,"mended":0,"unreadable":1,'
        '"out_of_range":0,"matched":5,"unrouted":0,"carried":1,"delivered":2,'
        '"suppressed":{"duplicate":2,"too old":1},"suppressions":[],"owed":1,'
        '"alerts":2,"messages":0}'
    )
    assert expected == counts.to_json()


def test_report_names_what_was_kept_back() -> None:
    """What has a name is listed with it: by the order of reasons, the largest of each first."""
    counts = Counts()
    counts.suppressions[Suppression(Reason.EXCEPTION, "b", "nightly", "it is planned")] = 2
    counts.suppressions[Suppression(Reason.EXCEPTION, "a", "nightly", "it is planned")] = 2
    counts.suppressions[Suppression(Reason.EXCEPTION, "c", "scanner", "it is ours")] = 30
    counts.suppressions[Suppression(Reason.MUTED, "a", "rule a", "we know", "0f1e2d")] = 1
    expected: list[dict[str, object]] = [
        {"reason": "muted", "rule": "a", "name": "rule a", "why": "we know", "matches": 1},
        {"reason": "exception", "rule": "c", "name": "scanner", "why": "it is ours", "matches": 30},
        {"reason": "exception", "rule": "a", "name": "nightly", "why": "it is planned"},
        {"reason": "exception", "rule": "b", "name": "nightly", "why": "it is planned"},
    ]
    expected = [{"matches": 2, **one} for one in expected]
    assert expected == json.loads(counts.to_json())["suppressions"]


def test_reasons_are_in_order() -> None:
    """Where several reasons apply the first counts, so their order is part of the promise."""
    expected = ["not sent", "duplicate", "too old", "muted", "exception", "below threshold"]
    assert expected == [reason.value for reason in Reason]
