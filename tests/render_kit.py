"""Alerts for tests of rendering, made of data the way the pipeline makes them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, RenderableType

from trailbell.durations import parse_duration
from trailbell.evidence import with_evidence
from trailbell.model import (
    Alert,
    LogEvent,
    Match,
    NamedPattern,
    Origin,
    Rule,
    Severity,
    Threshold,
)
from trailbell.record import event_time

ALERT_ID = "0a1b2c3d4e"
STARTED = 1_773_455_400_000
"""The start of a run, in milliseconds: the time of lines that have none."""
ANY_RULE = Rule(
    "any-event",
    "{ $.eventVersion = * }",
    title="Something happened",
    severity=Severity.HIGH,
    description="Ask whoever did it.",
)


def alert_of(
    messages: Sequence[str],
    rule: Rule = ANY_RULE,
    *,
    origin: Origin | None = None,
    number: int = 1,
) -> Alert:
    """Make an alert of messages as the pipeline does: with its clauses, without credentials."""
    events = [
        LogEvent(
            message,
            id=str(place),
            timestamp=STARTED + place if origin else None,
            origin=origin or Origin(path="trail.json", position=place),
        )
        for place, message in enumerate(messages, 1)
    ]
    return _alert(rule, events, number)


def alert_of_case(case: Mapping[str, Any]) -> Alert:
    """Make an alert of a case file: see ``render/cases/README.md``."""
    rule = Rule(**_rule(case["rule"]))
    events = [
        LogEvent(
            _message(case.get("base", {}), event),
            id=str(place),
            timestamp=event.get("timestamp"),
            origin=Origin(**{"position": place, **case["origin"], **event.get("origin", {})}),
        )
        for place, event in enumerate(case["events"], 1)
    ]
    return _alert(rule, events, case.get("number", 1))


def shown(message: RenderableType, width: int = 100) -> str:
    """Return what a terminal without colours shows."""
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, legacy_windows=False)
    console.print(message)
    return "\n".join(line.rstrip() for line in file.getvalue().split("\n"))


def _alert(rule: Rule, events: Sequence[LogEvent], number: int) -> Alert:
    held = [(event, rule.holding(event.message)) for event in events]
    matches = tuple(
        with_evidence(
            Match(rule, event, pattern=one.name if one else ""), event_time(event, STARTED)
        )
        for event, one in held
    )
    return Alert(ALERT_ID, "terminal", matches, number)


def _rule(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a rule."""
    fields = {**given, "severity": Severity(given.get("severity", "medium"))}
    if "patterns" in fields:
        fields["patterns"] = tuple(NamedPattern(*one) for one in fields["patterns"].items())
    if "threshold" in fields:
        within = parse_duration(fields["threshold"]["within"])
        fields["threshold"] = Threshold(fields["threshold"]["count"], within)
    return fields


def _message(base: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return the message of an event: given as text, or a record laid over the base."""
    if "message" in event:
        message: str = event["message"]
        return message
    return json.dumps(_grown(_merged(base, event["record"])))


def _merged(base: Any, over: Any) -> Any:  # noqa: ANN401  JSON
    """Lay an object over another, key by key."""
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}


def _grown(value: Any) -> Any:  # noqa: ANN401  JSON
    """Make long texts of their short description: {"$text": "ab", "$times": 3}."""
    if isinstance(value, list):
        return [_grown(item) for item in value]
    if isinstance(value, dict):
        if "$text" in value:
            return value["$text"] * value["$times"]
        return {key: _grown(item) for key, item in value.items()}
    return value
