"""Slack messages of CloudTrail records: one event, or a story of several."""

from __future__ import annotations

from trailbell.model import Alert
from trailbell.render import blocks as slack
from trailbell.render.actors import NO_MFA
from trailbell.render.blocks import Block
from trailbell.render.escape import clock, code, link, plain
from trailbell.render.facts import iso_time
from trailbell.render.json_text import fitted_json, record_value
from trailbell.render.slack_parts import identity, lamp, rule_lines, when, why
from trailbell.render.summary import Group, Summary
from trailbell.render.words import few, lasting, place_of

RECORD_WIDTH = 88
_LARGEST_CUT = 10**9


def record_message(alert: Alert, summary: Summary) -> Block:
    """Return the message of an alert of CloudTrail records."""
    one = summary.count == 1
    head = [_headline(alert, summary), _fields(summary)]
    head += [] if summary.group_count == 1 else [_groups(summary)]
    head += why(summary.sample_match.clauses, summary.sample.parameters if one else ())
    # The small print may name a cut, so its room is kept before the record is fitted.
    room = slack.room_beside([*head, _small_print(alert, summary, _LARGEST_CUT)])
    record = record_value(summary.sample_match.event.message)
    text, cut = fitted_json(record, RECORD_WIDTH, room)
    foot = _small_print(alert, summary, cut)
    return slack.message(fallback(alert, summary), [*head, slack.preformatted(text, "json"), foot])


def fallback(alert: Alert, summary: Summary) -> str:
    """Return the line that a phone shows: severity, what, who, outcome, where."""
    parts = (
        f"[{alert.rule.severity}] {plain(summary.what, 80)} by {plain(summary.actor, 55)}",
        plain(summary.remark, 55),
        plain(summary.place.replace(" · ", "/"), 40),
        plain(few(summary.sources, 1), 40),
    )
    return " – ".join(filter(None, parts))


def _headline(alert: Alert, summary: Summary) -> Block:
    """Say in one line what happened, and in the next what the rule says of it."""
    what = plain(summary.what, 120)
    if summary.sample.event_link and summary.count == 1:
        what = link(summary.sample.event_link, what)
    remark = f" – *{plain(summary.remark, 100)}*" if summary.remark else ""
    account, _, region = summary.place.partition(" · ")
    where = f" in *{plain(account, 60)}*" if account else ""
    where += f" · {plain(region, 40)}" if region else ""
    lasted = lasting(summary.first, summary.last)
    during = f" · within {lasted}" if lasted else ""
    head = f"{lamp(alert)} *{what}* by {code(summary.actor, 110)}{where}{during}{remark}"
    return slack.section(f"{head}\n{rule_lines(alert)}")


def _fields(summary: Summary) -> Block:
    """Show who, outcome, source, time, target and account."""
    outcome = summary.sample.outcome
    ended = f":x: {code(outcome, 230)}" if summary.sample.failed else outcome
    agent = f"\n{code(summary.agent, 110)}" if summary.agent else ""
    name = plain(summary.sample.account_name, 60) if summary.account else ""
    return slack.fields(
        (
            ("Who", f"{code(summary.who, 200)}{_notes(summary)}"),
            ("Outcome", ended),
            ("From", f"{code(few(summary.sources), 230)}{agent}"),
            ("When", when(summary.first, summary.last)),
            ("Target", code(summary.target, 120)),
            ("Account", f"{name} {code(summary.account, 60)}".strip()),
            ("Regions", code(few(summary.regions), 120) if len(summary.regions) > 1 else ""),
            ("Note", plain("; ".join(summary.notes), 300)),
        )
    )


def _notes(summary: Summary) -> str:
    """Say what else there is to say of the actor; that a factor was missing stands out."""
    notes = plain(summary.who_notes, 200)
    return f"\n{notes.replace(NO_MFA, f'*{NO_MFA}*')}" if notes else ""


def _groups(summary: Summary) -> Block:
    """List what was done, the most frequent first."""
    lines = [_group_line(group, summary) for group in summary.groups]
    left = summary.group_count - len(summary.groups)
    return slack.section("\n".join([*lines, f"+ {left:,} more"] if left else lines))


def _group_line(group: Group, summary: Summary) -> str:
    """Say how often something was done, to what, and when."""
    to = "" if summary.target else f" {code(group.target, 60)}"
    begun = clock(group.first, iso_time(group.first))
    several = lasting(group.first, group.last)
    until = f" to {clock(group.last, iso_time(group.last))}" if several else ""
    sample = group.sample.event_link
    first = f" · {link(sample, 'first' if group.count > 1 else 'open')}" if sample else ""
    times = f"*{group.count:,} ×* " if group.count > 1 else ""
    return f"• {times}{code(group.name, 70)}{to} · {begun}{until}{first}"


def _small_print(alert: Alert, summary: Summary, cut: int) -> Block:
    """Say which rule rang, what of the record is missing, and where to read on."""
    stream = summary.sample.stream_link
    place = code(place_of(summary.sample_match.event), 250)
    return slack.context(
        [
            *identity(alert),
            f"record shown: 1 of {summary.count:,}" if summary.count > 1 else "",
            f"{cut:,} characters of it cut" if cut else "",
            link(stream, "log stream") if stream else place,
        ]
    )
