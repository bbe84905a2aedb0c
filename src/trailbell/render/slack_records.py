"""Slack messages of CloudTrail records: one event, or a story of several."""

from __future__ import annotations

from datetime import timedelta

from trailbell.durations import format_duration
from trailbell.model import Alert
from trailbell.render import blocks as slack
from trailbell.render.blocks import Block
from trailbell.render.escape import code, date, link, plain
from trailbell.render.facts import Facts, iso_time
from trailbell.render.json_text import fitted_json, parse_json
from trailbell.render.slack_parts import identity, lamp, rule_lines, why
from trailbell.render.summary import Summary
from trailbell.render.words import place_of

RECORD_WIDTH = 88
MOST_SOURCES = 3
A_SECOND = 1_000  # milliseconds
_LARGEST_CUT = 10**9


def record_message(alert: Alert, summary: Summary) -> Block:
    """Return the message of an alert of CloudTrail records."""
    if summary.count == 1:
        head = [_headline(alert, summary), _fields_of_one(summary.sample)]
        parameters = summary.sample.parameters
    else:
        head = [_headline(alert, summary), _fields_of_several(summary), _groups(summary)]
        parameters = ()
    head += why(summary.sample_match.clauses, parameters)
    # The small print may name a cut, so its room is kept before the record is fitted.
    room = slack.room_beside([*head, _small_print(alert, summary, _LARGEST_CUT)])
    record = parse_json(summary.sample_match.event.message)
    text, cut = fitted_json(record, RECORD_WIDTH, room)
    foot = _small_print(alert, summary, cut)
    return slack.message(fallback(alert, summary), [*head, slack.preformatted(text, "json"), foot])


def fallback(alert: Alert, summary: Summary) -> str:
    """Return the line that a phone shows: severity, what, who, outcome, where."""
    facts = summary.sample
    outcome = plain(facts.outcome.partition(":")[0], 60) if facts.failed else ""
    place = "/".join(filter(None, (facts.account_name or facts.account, facts.region)))
    parts = (
        f"[{alert.rule.severity}] {plain(summary.what, 80)} by {plain(facts.actor, 60)}",
        outcome,
        plain(place, 40),
        plain(facts.source, 40),
    )
    return " – ".join(filter(None, parts))


def _headline(alert: Alert, summary: Summary) -> Block:
    """Say in one line what happened, and in the next what the rule says of it."""
    facts = summary.sample
    what = plain(summary.what, 120)
    if facts.event_link and summary.count == 1:
        what = link(facts.event_link, what)
    who = code(facts.actor, 110) if summary.actors == 1 else f"{summary.actors} actors"
    account = plain(facts.account_name or facts.account, 60)
    where = f" in *{account}*" if account else ""
    region = f" · {plain(facts.region, 40)}" if facts.region else ""
    lasted = summary.last - summary.first
    during = f" · within {_lasting(lasted)}" if summary.count > 1 and lasted >= A_SECOND else ""
    head = f"{lamp(alert)} *{what}* by {who}{where}{region}{during}"
    return slack.section(f"{head}\n{rule_lines(alert)}")


def _lasting(milliseconds: int) -> str:
    """Return how long something took, rounded up to what a reader needs."""
    return format_duration(timedelta(milliseconds=milliseconds))


def _fields_of_one(facts: Facts) -> Block:
    """Show who, outcome, source, time, target and account."""
    mark = ":x:" if facts.failed else ":white_check_mark:"
    agent = f"\n{code(facts.agent, 110)}" if facts.agent else ""
    source = code(facts.source, 70)
    return slack.fields(
        (
            ("Who", code(facts.who, 200)),
            ("Outcome", f"{mark} {code(facts.outcome, 200)}"),
            ("From", f"{source}{agent}"),
            ("When", date(facts.time, iso_time(facts.time))),
            ("Target", code(facts.target, 120)),
            ("Account", _account(facts)),
            ("Note", plain("; ".join(facts.notes), 300)),
        )
    )


def _fields_of_several(summary: Summary) -> Block:
    """Show what the records of a story share, and how long it went on."""
    facts = summary.sample
    sources = [code(source, 70) for source in summary.sources[:MOST_SOURCES]]
    left = len(summary.sources) - len(sources)
    more = f" and {left:,} more" if left else ""
    return slack.fields(
        (
            ("Who", code(facts.who, 200) if summary.actors == 1 else ""),
            ("Outcome", ":x: failed" if facts.failed else ":white_check_mark: succeeded"),
            ("From", f"{', '.join(sources)}{more}"),
            ("Account", _account(facts)),
            ("First", date(summary.first, iso_time(summary.first))),
            ("Last", date(summary.last, iso_time(summary.last))),
        )
    )


def _account(facts: Facts) -> str:
    """Name the account by its alias and its id."""
    number = code(facts.account, 60)
    return f"{plain(facts.account_name, 60)} {number}".strip()


def _groups(summary: Summary) -> Block:
    """List what was done, the most frequent first."""
    lines = []
    for group in summary.groups:
        clock = _clock(group.first)
        until = f"–{_clock(group.last)}" if group.last - group.first >= A_SECOND else ""
        sample = group.sample.event_link
        tail = f" · {link(sample, 'first')}" if sample else ""
        lines.append(f"• *{group.count:,} ×* {code(group.name, 70)} {clock}{until} UTC{tail}")
    left = summary.group_count - len(summary.groups)
    if left:
        lines.append(f"+ {left:,} more")
    return slack.section("\n".join(lines))


def _clock(time: int) -> str:
    """Return the time of day of a time in milliseconds."""
    return iso_time(time)[11:19]


def _small_print(alert: Alert, summary: Summary, cut: int) -> Block:
    """Say which rule rang, what of the record is missing, and where to read on."""
    stream = summary.sample.stream_link
    place = code(place_of(summary.sample_match.event), 250)
    return slack.context(
        [
            *identity(alert),
            f"record shown: the first of {summary.count:,}" if summary.count > 1 else "",
            f"{cut:,} characters of it cut" if cut else "",
            link(stream, "log stream") if stream else place,
        ]
    )
