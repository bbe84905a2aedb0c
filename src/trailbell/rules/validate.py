"""Check rules: what is wrong in them, doubtful, needless, out of date or missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from trailbell.errors import ConfigurationError
from trailbell.model import RuleException
from trailbell.pattern import Pattern, lint, nodes
from trailbell.pattern.requires import Literal, Need, requires
from trailbell.preview import preview
from trailbell.rules.complaint import Complaint, Level
from trailbell.rules.except_checks import check_added, check_exceptions
from trailbell.rules.load import pack_names, rule_paths
from trailbell.rules.overlaps import needless_patterns, overlaps
from trailbell.rules.pack import Entry, Invalid, Pack
from trailbell.rules.tailored import AddedException

# The fields that every record of an event has:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
_ALWAYS_THERE = frozenset(
    f"$.{name}"
    for name in (
        "eventVersion",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "eventID",
        "eventType",
        "userIdentity.type",
    )
)
_NAMES_IN_EVERY_RECORD = {
    part for selector in _ALWAYS_THERE for part in selector.removeprefix("$.").split(".")
}
# A pattern that looks at one of these is about CloudTrail records.
_OF_CLOUDTRAIL = {"eventName", "eventSource", "eventType", "userIdentity"}


def validate(
    packs: Sequence[Pack], today: date, added: Sequence[AddedException] = ()
) -> list[Complaint]:
    """Find all that is wrong in packs, the worst first, then in the order of their rules.

    ``packs`` were loaded with ``skip_invalid``, and without the exceptions that a configuration
    adds: those are ``added``. ``today`` is the day, in UTC, by which exceptions have expired.
    """
    shipped = set(map(Path.resolve, rule_paths(pack_names(), Path())))
    entries = [entry for pack in packs for entry in pack.entries]
    found: list[Complaint] = []
    for pack in packs:
        found.extend(map(_wrong, pack.invalid))
        for entry in pack.entries:
            found.extend(_check(entry, today, own=pack.path.resolve() not in shipped))
    for one in added:
        found.extend(check_added(one, entries, today))
        found.extend(_linted_exception(one.exception, one.place, "*"))
    found.extend(overlaps(entries))
    return sorted(found, key=lambda complaint: list(Level).index(complaint.level))


def wrong(error: ConfigurationError, path: Path, rule: str = "") -> Complaint:
    """Say why a rule, a file or a configuration cannot be used, and on which line of the path."""
    text = str(error)
    line = re.match(rf"{re.escape(str(path))}(:\d+){{0,2}}(?=: )", text)
    place = line[0] if line else str(path)
    return Complaint(Level.ERROR, "invalid", place, rule, text.removeprefix(f"{place}: "))


def _wrong(invalid: Invalid) -> Complaint:
    """Say why a rule or a file cannot run."""
    return wrong(invalid.error, invalid.path, invalid.rule)


def _check(entry: Entry, today: date, *, own: bool) -> Iterator[Complaint]:
    """Find what is doubtful in one rule."""
    rule = entry.rule
    for one in rule.any_of:
        part = f"pattern {preview(one.name)}" if one.name else ""
        yield from _linted(one.compiled, entry.place, rule.name, part)
        unserved = _unserved(one.compiled)
        if unserved:
            yield Complaint(
                Level.FINDING,
                "no-index",
                entry.place,
                rule.name,
                f"{unserved}, so that each is read whole; ask for a text as well, such as"
                " $.eventName = StopLogging",
                part=part,
            )
    for exception in rule.exceptions:
        yield from _linted_exception(exception, entry.place, rule.name)
    yield from needless_patterns(entry)
    yield from check_exceptions(entry, today, own=own)
    yield from _untested(entry)


def _unserved(pattern: Pattern) -> str:
    """Say why no index can tell which events a pattern may match; empty where one can."""
    needs = requires(pattern, _commonness).needs
    if needs is None:
        return "nothing that could be looked for says which events can match"
    if _is_of_cloudtrail(pattern) and any(map(_commonness, needs)):
        return "all that could be looked for stands in every CloudTrail record"
    return ""


def _commonness(need: Need) -> float:
    """Weigh what every CloudTrail record holds, and nothing else."""
    name = need.text if isinstance(need, Literal) and need.key else ""
    return float(name in _NAMES_IN_EVERY_RECORD)


def _linted_exception(one: RuleException, place: str, rule: str) -> Iterator[Complaint]:
    """Find what lint finds in the pattern of an exception, where it has one."""
    if not one.values:
        yield from _linted(one.compiled, place, rule, f"except {preview(one.name)}")


def _linted(pattern: Pattern, place: str, rule: str, part: str) -> Iterator[Complaint]:
    """Find what lint finds in a pattern."""
    present = _ALWAYS_THERE if _is_of_cloudtrail(pattern) else frozenset[str]()
    for finding in lint(pattern, present=present):
        yield Complaint(
            Level.FINDING,
            finding.code,
            place,
            rule,
            finding.reason,
            part,
            str(pattern),
            finding.start,
            finding.end,
            finding.suggestion,
        )


def _is_of_cloudtrail(pattern: Pattern) -> bool:
    """Tell whether a pattern looks at what CloudTrail records alone have."""
    root = pattern.root
    return isinstance(root, nodes.Json) and any(
        segments[0] in _OF_CLOUDTRAIL for segments in requires(pattern).selectors
    )


def _untested(entry: Entry) -> Iterator[Complaint]:
    """Note which tests a rule lacks."""
    verdicts = {test.matches for test in entry.tests}
    missing = {
        frozenset[bool](): "has no test; [[rule.test]] below it is one",
        frozenset({True}): "has no test that is not to match",
        frozenset({False}): "has no test that is to match",
    }.get(frozenset(verdicts))
    if missing:
        yield Complaint(Level.NOTE, "untested", entry.place, entry.rule.name, missing)
