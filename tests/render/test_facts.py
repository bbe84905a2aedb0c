"""What is read out of records, case by case."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from trailbell.model import LogEvent
from trailbell.record import read_record
from trailbell.render.facts import facts_of, iso_time

CASES = tomllib.loads((Path(__file__).parent / "facts.toml").read_text(encoding="utf-8"))["case"]


def listed(value: object) -> object:
    """Turn tuples into lists, as TOML has them."""
    return [listed(item) for item in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_facts(case: dict[str, Any]) -> None:
    """A record gives the facts of its case."""
    fields = {"eventVersion": "1.11", "eventName": "AnyEvent", **case.get("record", {})}
    record = read_record(json.dumps(fields))
    assert record is not None
    event = LogEvent(json.dumps(fields), timestamp=1_700_000_000_000)
    facts = facts_of(record, event, {"444455556666": "shop"})
    assert case["facts"] == {name: listed(getattr(facts, name)) for name in case["facts"]}


def test_names_of_cases_are_unique() -> None:
    """No case hides another."""
    names = [case["name"] for case in CASES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (0, "1970-01-01 00:00:00 UTC"),
        (1_773_455_441_999, "2026-03-14 02:30:41 UTC"),
        (-1_000, "1969-12-31 23:59:59 UTC"),
        (10**30, "(no legal time)"),
    ],
)
def test_times(time: int, expected: str) -> None:
    """A time is shown to the second, in UTC; one beyond the calendar is said to be none."""
    assert expected == iso_time(time)
