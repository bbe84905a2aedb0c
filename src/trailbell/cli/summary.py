"""The few lines that end a run, and what to do about what is not well."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trailbell.counts import Counts, Reason
from trailbell.render.words import plural

_WHY = {
    Reason.NOT_SENT: "nothing was to be sent",
    Reason.DUPLICATE: "delivered or owed before, or twice in the input",
    Reason.TOO_OLD: "older than 24 hours; --since sends them",
    Reason.BELOW_THRESHOLD: "kept in case the threshold is reached",
}


def print_summary(console: Console, counts: Counts, troubles: Mapping[str, str]) -> None:
    """Print what was read and what became of every match."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    table.add_row("read", _read(counts))
    if counts.unreadable:
        table.add_row("unreadable", Text(f"{counts.unreadable:,}, named above", "red"))
    carried = f", and {counts.carried:,} owed from before" if counts.carried else ""
    table.add_row("matched", f"{counts.matched:,}{carried}")
    if counts.delivered or counts.alerts:
        in_alerts = f"{counts.delivered:,} in {plural(counts.alerts, 'alert')}"
        table.add_row("delivered", Text(in_alerts, "green"))
    for suppressed, number in counts.suppressed.items():
        if number:
            table.add_row("suppressed", f"{number:,} {suppressed} ({_WHY[suppressed]})")
    if counts.unrouted:
        table.add_row("", f"{counts.unrouted:,} of them because no route takes them")
    if counts.owed:
        table.add_row("owed", Text(f"{counts.owed:,}; the next run sends them first", "red"))
    for destination, reason in troubles.items():
        table.add_row("", Text(f"{destination}: {reason}", "red"))
    console.print(table)


def _read(counts: Counts) -> str:
    """Say what was read, and what of it was no event."""
    parts = [plural(counts.events, "event")]
    if counts.records != counts.events:
        parts.append(f"{counts.records:,} of them CloudTrail records")
    for number, words in (
        (counts.out_of_range, "outside the time range"),
        (counts.mended, "with bytes that are not UTF-8"),
        (counts.control, "control messages passed over"),
        (counts.digests, "digest files passed over"),
    ):
        if number:
            parts.append(f"{number:,} {words}")
    return ", ".join(parts)
