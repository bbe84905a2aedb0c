"""Slack messages of log events that are not CloudTrail records: as they stand in the log."""

from __future__ import annotations

from trailbell.model import Alert
from trailbell.preview import printable
from trailbell.render import blocks as slack
from trailbell.render.blocks import Block
from trailbell.render.escape import code, link, plain
from trailbell.render.links import stream_link
from trailbell.render.slack_parts import identity, lamp, rule_lines, why
from trailbell.render.words import place_of, plural, positions_of

HEADER = ":rotating_light: Alert from CloudWatch Logs"
_MOST_LEFT = "+ 1,000,000 more events"


def log_message(alert: Alert) -> Block:
    """Return the message of an alert of log events."""
    head = [
        {"type": "header", "text": {"type": "plain_text", "text": HEADER, "emoji": True}},
        _place(alert),
        {"type": "divider"},
        slack.section(f"{lamp(alert)} {rule_lines(alert)}\n*Log Events*"),
    ]
    foot = why(alert.matches[0].clauses)
    room = slack.room_beside([*head, *foot, _small_print(alert, _MOST_LEFT)])
    events = [printable(match.event.message).rstrip("\n") for match in alert.matches]
    shown, number = _fitting(events, room)
    left = len(events) - number
    more = f"+ {left:,} more {'event' if left == 1 else 'events'}" if left else ""
    return slack.message(
        log_fallback(alert),
        [*head, slack.preformatted(shown), *foot, _small_print(alert, more)],
    )


def log_fallback(alert: Alert) -> str:
    """Return the line that a phone shows: severity, rule, where, how many."""
    rule, first = alert.rule, alert.matches[0].event
    place = first.origin.log_group or first.origin.path
    return (
        f"[{rule.severity}] {plain(rule.title or rule.name, 120)} – {plain(place, 100)}"
        f" ({plural(len(alert.matches), 'event')})"
    )


def _place(alert: Alert) -> Block:
    """Name log group and stream, or file and lines."""
    origin = alert.matches[0].event.origin
    if not origin.log_group:
        lines = code(positions_of(alert), 120)
        return slack.fields((("File", code(origin.path, 250)), ("Line", lines)))
    streams = {match.event.origin.log_stream for match in alert.matches}
    more = f" and {len(streams) - 1:,} more" if len(streams) > 1 else ""
    stream = f"{code(origin.log_stream, 250)}{more}"
    return slack.fields((("Log Group", code(origin.log_group, 250)), ("Log Stream", stream)))


def _small_print(alert: Alert, more: str) -> Block:
    """Say which rule rang, what does not fit, and where to read on."""
    first = alert.matches[0].event
    origin = first.origin
    stream = stream_link(origin.region, origin.log_group, origin.log_stream, first.timestamp or 0)
    place = "" if origin.log_group else code(place_of(first), 250)
    return slack.context([*identity(alert), more, link(stream, "log stream") if stream else place])


def _fitting(events: list[str], room: int) -> tuple[str, int]:
    """Return the first events that fit, a line each, and how many they are.

    The first is shown in any case, cut where it has to be, and says by how much.
    """
    if len(events[0]) > room:
        note = f"… {len(events[0]) - room:,} characters cut"
        kept = room - len(note)
        return f"{events[0][:kept]}… {len(events[0]) - kept:,} characters cut", 1
    kept_events: list[str] = []
    for event in events:
        room -= len(event) + 1
        if room < -1:
            break
        kept_events.append(event)
    return "\n".join(kept_events) or "(empty)", len(kept_events)
