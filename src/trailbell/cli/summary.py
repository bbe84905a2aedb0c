"""The few lines that end a run, and what to do about what is not well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trailbell.counts import Counts, Reason, Suppression
from trailbell.deliver import Terminal
from trailbell.pipeline import Trouble
from trailbell.preview import one_line, preview
from trailbell.render.words import plural

MOST_NAMED = 5
"""Exceptions, mutes and thresholds that are named under a reason; the report names all."""

_WHY = {
    Reason.NOT_SENT: "nothing was to be sent",
    Reason.DUPLICATE: "delivered or owed before, or twice in the input",
    Reason.TOO_OLD: "older than 24 hours; --since sends them",
    Reason.MUTED: "until the mute ends; trailbell mutes shows when",
    Reason.EXCEPTION: "an exception of the rule holds",
    Reason.BELOW_THRESHOLD: "kept in case the threshold is reached",
}


def print_summary(
    console: Console,
    counts: Counts,
    troubles: Mapping[str, Trouble],
    ended_mutes: Sequence[str] = (),
) -> None:
    """Print what was read and what became of every match.

    ``ended_mutes`` says of mutes that they ended.
    """
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    table.add_row("read", _read(counts))
    if counts.unreadable:
        pieces = plural(counts.unreadable, "piece")
        table.add_row("unreadable", Text(f"{pieces} of input, named above", "red"))
    carried = f", and {counts.carried:,} owed from before" if counts.carried else ""
    table.add_row("matched", f"{counts.matched:,}{carried}")
    if counts.delivered or counts.alerts:
        in_alerts = f"{counts.delivered:,} in {plural(counts.alerts, 'alert')}"
        table.add_row("delivered", Text(in_alerts, "green"))
    for reason, number in counts.reasons:
        table.add_row("suppressed", f"{number:,} {reason} ({_why(reason, counts)})")
        for line in _named(reason, counts):
            # Where it is wrapped, it stays right of the reasons.
            table.add_row("", Padding(line, (0, 0, 0, 2)))
    if counts.owed:
        table.add_row("owed", Text(f"{counts.owed:,}, kept for the next run", "red"))
    for said in ended_mutes:
        table.add_row("mutes", Text(said, "yellow"))
    for destination, trouble in troubles.items():
        table.add_row("", Text(_told(destination, trouble), "red"))
    Terminal(console).send(table)


def _why(suppressed: Reason, counts: Counts) -> str:
    """Say in other words why matches were not sent."""
    if suppressed is Reason.NOT_SENT and counts.unrouted:
        return f"{counts.unrouted:,} because no route takes them"
    return _WHY[suppressed]


def _named(reason: Reason, counts: Counts) -> Iterator[Text]:
    """Name what kept matches back for a reason, the most first."""
    found = [(cause, number) for cause, number in counts.named if cause.reason is reason]
    for cause, number in found[:MOST_NAMED]:
        yield Text(f"{number:,} of {_cause_words(cause)}", "dim")
    left = sum(number for _, number in found[MOST_NAMED:])
    if left:
        yield Text(f"and {len(found) - MOST_NAMED:,} more, {plural(left, 'match')}", "dim")


def _cause_words(cause: Suppression) -> str:
    """Say on one line of which rule the matches were, what kept them back, and why."""
    would = " would be kept back" if cause.reason is Reason.NOT_SENT else ""
    # A mute of the rule itself is called after it.
    told = cause.name in {"", f"rule {cause.rule}"}
    name = "" if told else f", {preview(cause.name, 120)}"
    return f"{one_line(cause.rule, 80)}{would}{name}: {one_line(cause.why, 120)}"


def _told(destination: str, trouble: Trouble) -> str:
    """Say what is the matter with a destination, and what to do where no retry mends it."""
    mend = "; mend that and run again, nothing more is sent until then" if trouble.lasting else ""
    return f"{destination}: {trouble.reason}{mend}"


def _read(counts: Counts) -> str:
    """Say what was read, and what of it was no event."""
    parts = [plural(counts.events, "event")]
    if counts.records != counts.events:
        parts.append(f"{counts.records:,} of them CloudTrail records")
    if counts.out_of_range:
        parts.append(f"{counts.out_of_range:,} outside the time range")
    if counts.mended:
        parts.append(f"{counts.mended:,} with bytes that are not UTF-8")
    if counts.control:
        parts.append(f"{plural(counts.control, 'control message')} passed over")
    if counts.digests:
        parts.append(f"{plural(counts.digests, 'digest file')} passed over")
    return ", ".join(parts)
