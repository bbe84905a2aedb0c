"""Alerts as Slack messages, within Slack's limits by construction.

Log content stands in code style or in rich text, which Slack shows as it is: nothing of it is
read as a mention, a link or a mark. Each part has its cap, and the record takes what is left.
"""

from __future__ import annotations

from collections.abc import Mapping

from trailbell.model import Alert
from trailbell.render import blocks as slack
from trailbell.render.blocks import Block
from trailbell.render.escape import code_unlinked, link, plain
from trailbell.render.facts import iso_time
from trailbell.render.slack_logs import log_fallback, log_message
from trailbell.render.slack_parts import lamp, rule_lines
from trailbell.render.slack_records import fallback, record_message
from trailbell.render.summary import Summary, summary_of
from trailbell.render.words import place_of


class SlackMessages:
    """Make Slack messages of alerts; ``accounts`` maps account ids to the names people use."""

    def __init__(self, accounts: Mapping[str, str]) -> None:
        self._accounts = accounts

    def __call__(self, alert: Alert) -> Block:
        """Return the message of an alert: one record, a story of several, or log events."""
        summary = summary_of(alert, self._accounts)
        return log_message(alert) if summary is None else record_message(alert, summary)

    def plain(self, alert: Alert) -> Block:
        """Return the message as text alone, for when Slack refuses its blocks."""
        summary = summary_of(alert, self._accounts)
        lines = _log_lines(alert) if summary is None else _record_lines(alert, summary)
        small = f"rule {code_unlinked(alert.rule.name, 90)} · alert `{alert.id}`"
        text = "\n".join(filter(None, (*lines, rule_lines(alert), small)))
        return slack.message(text)


def _record_lines(alert: Alert, summary: Summary) -> list[str]:
    """Say the most of a record without blocks."""
    facts = summary.sample
    event_id = code_unlinked(facts.event_id, 80)
    return [
        f"{lamp(alert)} {fallback(alert, summary)}",
        f"Who: {code_unlinked(summary.who, 230)} {plain(summary.who_notes, 200)}".rstrip(),
        f"Outcome: {code_unlinked(facts.outcome, 230)}",
        f"When: {iso_time(facts.time)}",
        f"Event: {link(facts.event_link, facts.event_id) if facts.event_link else event_id}",
        f"Found in: {code_unlinked(place_of(summary.sample_match.event), 300)}",
    ]


def _log_lines(alert: Alert) -> list[str]:
    """Say the most of a log event without blocks."""
    first = alert.matches[0].event
    return [
        f"{lamp(alert)} {log_fallback(alert)}",
        f"Found in: {code_unlinked(place_of(first), 300)}",
        code_unlinked(first.message, 1_500),
    ]
