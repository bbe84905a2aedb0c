"""Alerts in a terminal: those that are too long for it."""

from __future__ import annotations

import json
import re

from render_kit import alert_of, shown
from trailbell.model import Origin, Rule
from trailbell.render.terminal import LONGEST_LOG_EVENTS, TerminalMessages

LOG_GROUP = Origin("444455556666", "eu-west-1", "/app/orders", "stream")
LINES = Rule("lines", "line")


def test_log_events_end_where_nobody_reads_on() -> None:
    """Of many long events the first are shown, and the others counted."""
    message = "a line\n" * 6_000
    output = shown(TerminalMessages({})(alert_of([message] * 4, LINES, origin=LOG_GROUP)))
    assert 12_000 == output.count("  a line\n")
    assert "\n  + 2 more events\n" in output
    assert len(output) < 2 * LONGEST_LOG_EVENTS


def test_a_record_of_any_length_is_shown_whole() -> None:
    """A record of a hundred thousand characters loses none, also where a line is too long."""
    fields = {f"k{number}": number for number in range(6_000)}
    record = {"eventVersion": "1.08", "eventName": "Put", "fields": fields, "long": "x" * 9_000}
    output = shown(TerminalMessages({})(alert_of([json.dumps(record)])))
    assert list(map(str, range(6_000))) == re.findall(r'"k(\d+)": \d+', output)
    assert 9_000 == output.count("x")
    assert 100 >= max(map(len, output.splitlines()))
