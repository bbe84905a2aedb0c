"""Slack messages of log events that are not CloudTrail records: as they stand in the log."""

from __future__ import annotations

from collections.abc import Sequence

from trailbell.model import Alert, LogEvent, Match
from trailbell.render import blocks as slack
from trailbell.render.blocks import Block
from trailbell.render.escape import code, link, plain
from trailbell.render.links import stream_link
from trailbell.render.log_text import fitting, readable
from trailbell.render.slack_parts import identity, lamp, rule_lines, when, why
from trailbell.render.words import in_log_order, is_of_events, plural, positions_of, times_of

HEADER = ":rotating_light: Alert from CloudWatch Logs"
HEADER_OF_FILE = ":rotating_light: Alert from a log file"
HEADER_OF_RULE = ":rotating_light: A rule does not run"
_MOST_LEFT = "+ 1,000,000 more events"


def log_message(alert: Alert) -> Block:
    """Return the message of an alert of log events."""
    matches = in_log_order(alert)
    header = HEADER if matches[0].event.origin.log_group else HEADER_OF_FILE
    heading = "*Log Events*"
    if not is_of_events(alert):
        header, heading = HEADER_OF_RULE, "*What is wrong*"
    head = [
        {"type": "header", "text": {"type": "plain_text", "text": header, "emoji": True}},
        _place(matches),
        {"type": "divider"},
        slack.section(f"{lamp(alert)} {rule_lines(alert)}\n{heading}"),
    ]
    foot = why(matches[0].clauses)
    room = slack.room_beside([*head, *foot, _small_print(alert, matches[0].event, _MOST_LEFT)])
    shown, number = fitting([readable(match.event.message) for match in matches], room)
    left = len(matches) - number
    more = f"+ {left:,} more {'event' if left == 1 else 'events'}" if left else ""
    return slack.message(
        log_fallback(alert),
        [
            *head,
            slack.preformatted(shown),
            *foot,
            _small_print(alert, matches[0].event, more),
        ],
    )


def log_fallback(alert: Alert) -> str:
    """Return the line that a phone shows: severity, rule, where, how many."""
    rule, first = alert.rule, alert.matches[0].event
    place = first.origin.log_group or first.origin.path
    number = f" ({plural(len(alert.matches), 'event')})" if is_of_events(alert) else ""
    return f"[{rule.severity}] {plain(rule.title or rule.name, 120)} – {plain(place, 100)}{number}"


def _place(matches: Sequence[Match]) -> Block:
    """Name log group, stream and time, or file and lines."""
    origin = matches[0].event.origin
    times = times_of(matches)
    if times is None:
        lines = code(positions_of(matches), 120) if origin.position else ""
        return slack.fields((("File", code(origin.path, 250) or "unknown"), ("Line", lines)))
    streams = {match.event.origin.log_stream for match in matches}
    more = f" and {len(streams) - 1:,} more" if len(streams) > 1 else ""
    return slack.fields(
        (
            ("Log Group", code(origin.log_group, 250)),
            ("Log Stream", f"{code(origin.log_stream, 250)}{more}"),
            ("When", when(*times)),
        )
    )


def _small_print(alert: Alert, first: LogEvent, more: str) -> Block:
    """Say which rule rang, what does not fit, and where to read on."""
    origin = first.origin
    stream = stream_link(origin.region, origin.log_group, origin.log_stream, first.timestamp or 0)
    return slack.context([*identity(alert), more, link(stream, "log stream") if stream else ""])
