"""Find exceptions that never apply, that have expired, and that leave nothing of their rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import structs

from trailbell.errors import PatternSyntaxError
from trailbell.model import Rule, RuleException
from trailbell.pattern import Pattern, compile_pattern
from trailbell.pattern.implies import excludes, implied_with, implies
from trailbell.preview import preview
from trailbell.rules.complaint import Complaint, Level
from trailbell.rules.pack import Entry
from trailbell.rules.tailored import AddedException, is_named
from trailbell.suppression import fits_text

# The names of values that stand for one field of a record, and it alone.
_FIELDS = {
    "region": "awsRegion",
    "source_ip": "sourceIPAddress",
    "event_name": "eventName",
    "event_source": "eventSource",
}
_NO_DOUBT = (Level.NOTE, "", "")
_ANY_TEXT = re.compile(r"\*?[^*]*\*?")
# What no number has in it: two points, or a sign that is not of "-1.0E-5" and "Infinity".
_NO_NUMBER = re.compile(r"\..*\.|[^-+0-9.EInfity*]", re.DOTALL)


def check_exceptions(entry: Entry, today: date, *, own: bool) -> Iterator[Complaint]:
    """Find what is doubtful in the exceptions of a rule.

    ``own`` says that the rule is the user's, so that an empty list is worth a note: packs have
    lists for their users to fill.
    """
    rule = entry.rule
    for place, exception in enumerate(rule.exceptions):
        level, code, reason = _doubt(rule, place, today)
        if code == "empty-list" and not own:
            continue
        if code:
            part = f"except {preview(exception.name)}"
            yield Complaint(level, code, entry.place, rule.name, reason, part)


def check_added(
    added: AddedException, entries: Sequence[Entry], today: date
) -> Iterator[Complaint]:
    """Find what is doubtful in an exception that a configuration adds to rules.

    That it is not about every one of them is as it should be.
    """
    named = [entry.rule for entry in entries if is_named(entry.rule.name, added.rules)]
    doubts = [
        _doubt(structs.replace(rule, exceptions=(*rule.exceptions, added.exception)), -1, today)
        for rule in named
    ]
    part = f"except {preview(added.exception.name)}"
    first = doubts[0] if doubts else _NO_DOUBT
    if all(code == first[1] for _, code, _ in doubts):
        name = named[0].name if len(named) == 1 else "*"
        if first[1]:
            yield Complaint(first[0], first[1], added.place, name, first[2], part)
        return
    for rule, (level, code, reason) in zip(named, doubts, strict=True):
        if code == "nothing-left":
            yield Complaint(level, code, added.place, rule.name, reason, part)


def _doubt(rule: Rule, place: int, today: date) -> tuple[Level, str, str]:
    """Return what is doubtful first in an exception: how bad, of what kind, and why."""
    one = rule.exceptions[place]
    if one.until is not None and one.until < today:
        return Level.FINDING, "expired", f"its last day was {one.until}; take it out, or renew it"
    empty = next((name for name, values in one.values if not values), "")
    if empty:
        return Level.NOTE, "empty-list", f"never applies, since the list for {empty} is empty"
    if _is_apart(rule, one):
        return (
            Level.FINDING,
            "never-applies",
            "never applies: no event that the rule matches is what it asks for",
        )
    earlier = next((two for two in rule.exceptions[:place] if _is_shadowed(rule, one, two)), None)
    if earlier is not None:
        reason = f"never applies: {preview(earlier.name)} before it holds for all of it"
        return Level.FINDING, "never-applies", reason
    if one.until is None and _takes_all(rule, one):
        return (
            Level.FINDING,
            "nothing-left",
            "holds for every event that the rule matches, so that it never rings",
        )
    return _NO_DOUBT


def _is_apart(rule: Rule, exception: RuleException) -> bool:
    """Tell whether an exception holds for nothing that its rule matches."""
    asked = _asked(exception)
    return bool(asked) and all(
        any(excludes(one.compiled, pattern) for pattern in asked) for one in rule.any_of
    )


def _asked(exception: RuleException) -> list[Pattern]:
    """Return patterns all of which match where an exception holds."""
    if not exception.values:
        return [exception.compiled]
    named = ((_FIELDS.get(name), values) for name, values in exception.values)
    written = (_values_pattern(field, values) for field, values in named if field)
    return [pattern for pattern in written if pattern is not None]


def _values_pattern(field: str, values: tuple[str, ...]) -> Pattern | None:
    """Write that a field is one of some values as a pattern; None where the language cannot."""
    if not all(map(_ANY_TEXT.fullmatch, values)):
        return None
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    conditions = " || ".join(f'($.{field} = "{value}")' for value in quoted)
    try:
        return compile_pattern(f"{{ {conditions} }}")
    except PatternSyntaxError:
        return None


def _is_shadowed(rule: Rule, one: RuleException, earlier: RuleException) -> bool:
    """Tell whether an earlier exception holds wherever one does that the rule matches."""
    if earlier.until is not None and (one.until is None or earlier.until < one.until):
        return False
    if earlier.values:
        return bool(one.values) and _are_wider(dict(earlier.values), dict(one.values))
    return all(
        any(implied_with(held.compiled, asked, earlier.compiled) for asked in _asked(one))
        for held in rule.any_of
    )


def _are_wider(wide: dict[str, tuple[str, ...]], narrow: dict[str, tuple[str, ...]]) -> bool:
    """Tell whether values fit wherever others do: of fewer names, and more of each.

    What fits a value fits another that the value itself fits, asterisks and all.
    """
    return all(
        name in narrow
        and all(any(fits_text(value, one) for one in values) for value in narrow[name])
        for name, values in wide.items()
    )


def _takes_all(rule: Rule, exception: RuleException) -> bool:
    """Tell whether an exception holds for all that its rule matches."""
    if not exception.values:
        wanted = [exception.compiled]
    elif all(map(_is_told_exactly, exception.values)):
        wanted = _asked(exception)
    else:
        return False
    return all(implies(one.compiled, each) for one in rule.any_of for each in wanted)


def _is_told_exactly(asked: tuple[str, tuple[str, ...]]) -> bool:
    """Tell whether a pattern says of a name and its values all that they say.

    A pattern also takes a number for the text that it is written as, and colons for what an
    asterisk in an ARN stands for.
    """
    name, values = asked
    return name in _FIELDS and all(
        _ANY_TEXT.fullmatch(value)
        and _NO_NUMBER.search(value)
        and not (value.startswith("arn:") and "*" in value)
        for value in values
    )
