"""Words that Slack and the terminal share."""

from __future__ import annotations

import pytest

from render_kit import STARTED, alert_of
from trailbell.model import Clause, LogEvent, Origin, Rule
from trailbell.render.words import (
    clause_lines,
    in_log_order,
    lasting,
    meaning_of,
    ordinal,
    place_of,
    plural,
    positions_of,
    times_of,
)

FILE = Origin(path="auth.log", position=9)
GROUP = Origin(log_group="/app", log_stream="s")
LINE = Rule("line", "line")


@pytest.mark.parametrize(
    ("number", "noun", "expected"),
    [
        (0, "event", "0 events"),
        (1, "event", "1 event"),
        (2_000, "event", "2,000 events"),
        (1, "match", "1 match"),
        (3, "match", "3 matches"),
    ],
)
def test_plural(number: int, noun: str, expected: str) -> None:
    """A noun is in the plural but for one."""
    assert expected == plural(number, noun)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        *((1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th")),
        *((21, "21st"), (102, "102nd"), (111, "111th"), (1_113, "1,113th"), (1_123, "1,123rd")),
    ],
)
def test_ordinal(number: int, expected: str) -> None:
    """A place in a row has the ending that people say."""
    assert expected == ordinal(number)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (0, 0, ""),
        (1_000, 1_999, ""),
        (1_999, 2_000, "1s"),
        (0, 103_000, "1m 43s"),
        (0, 7_500_000, "2h 5m"),
    ],
)
def test_lasting(first: int, last: int, expected: str) -> None:
    """A span is as long as the two times that are shown beside it."""
    assert expected == lasting(first, last)


def test_clauses_say_what_they_found_once() -> None:
    """What a clause names exactly is not repeated; another value is."""
    clauses = [
        Clause("$.eventName = StopLogging", ('"StopLogging"',)),
        Clause('$.errorCode = "Access*"', ('"AccessDenied"',)),
        Clause("$.a NOT EXISTS"),
    ]
    assert [
        ("$.eventName = StopLogging", ""),
        ('$.errorCode = "Access*"', '"AccessDenied"'),
        ("$.a NOT EXISTS", ""),
    ] == clause_lines(clauses)


def test_only_the_first_paragraph_is_for_who_is_woken() -> None:
    """What a rule's author explains further down stays in the rule."""
    assert "First." == meaning_of(Rule("r", "x", description="First.\n\nMended: long."))


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (FILE, "auth.log:9"),
        (Origin(path="-"), "-"),
        (GROUP, "/app s"),
        (Origin(log_group="/app"), "/app"),
    ],
)
def test_places(origin: Origin, expected: str) -> None:
    """An event is found by file and line, or by log group and stream."""
    assert expected == place_of(LogEvent("", origin=origin))


def test_lines_of_a_file_stand_in_its_order() -> None:
    """Lines that came at the same time are shown as they stand in the file, and counted."""
    alert = alert_of(["line"] * 12, LINE)
    mixed = type(alert)(alert.id, alert.destination, alert.matches[::-1])
    ordered = in_log_order(mixed)
    assert list(alert.matches) == ordered
    assert "1, 2, 3, 4, 5, 6, 7, 8 and 4 more" == positions_of(ordered)
    assert "1, 2" == positions_of(ordered[:2])


def test_only_events_of_a_log_group_have_times() -> None:
    """First and last time are those of the log group; a line of a file has none."""
    matches = alert_of(["line", "line"], LINE, origin=GROUP).matches
    assert (STARTED + 1, STARTED + 2) == times_of(matches)
    assert times_of(alert_of(["line"], LINE).matches) is None
