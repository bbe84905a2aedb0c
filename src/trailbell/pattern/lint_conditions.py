"""Find what is doubtful in the conditions of JSON patterns and space-delimited patterns."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterator

from trailbell.pattern import nodes
from trailbell.pattern.finding import (
    Finding,
    grouped,
    legal,
    operand_finding,
    rewritten,
    written,
)
from trailbell.pattern.nodes import Operator
from trailbell.pattern.preview import preview
from trailbell.pattern.together import never_together, one_always

_BOOLEANS = {
    (Operator.EQUAL, "true"): "IS TRUE",
    (Operator.EQUAL, "false"): "IS FALSE",
    (Operator.NOT_EQUAL, "true"): "IS FALSE",
    (Operator.NOT_EQUAL, "false"): "IS TRUE",
}


def json_findings(pattern: str, root: nodes.Json, present: Container[str]) -> Iterator[Finding]:
    """Find what is doubtful in a JSON pattern; ``present`` has the selectors that always select."""
    told = set()
    for clause in nodes.leaves(root.condition):
        if isinstance(clause, nodes.Comparison):
            for found in _clause_findings(pattern, clause):
                told.add((found.start, found.end))
                yield found
    for found in _absent_findings(pattern, root.condition, frozenset(), present):
        # A clause that is wrong for another reason is not told to be wrong for this one as well.
        if (found.start, found.end) not in told:
            yield found
    yield from joined_findings(pattern, root.condition)


def joined_findings(pattern: str, condition: nodes.Condition) -> Iterator[Finding]:
    """Find what is doubtful in how clauses are joined."""
    if isinstance(condition, nodes.And):
        yield from _never_findings(pattern, condition)
    elif isinstance(condition, nodes.Or):
        yield from _mixed_findings(pattern, condition)
        exclusions = list(_exclusion_findings(pattern, condition))
        yield from exclusions or _always_findings(pattern, condition)
    if isinstance(condition, nodes.And | nodes.Or):
        for clause in condition.clauses:
            yield from joined_findings(pattern, clause)


# --- Single clauses ------------------------------------------------------------------------------


def _clause_findings(pattern: str, clause: nodes.Comparison) -> Iterator[Finding]:
    """Find a comparison with what looks like a boolean or null, or that never holds, or odd."""
    operand, operator = clause.operand, clause.operator
    selector = _text(pattern, clause.selector)
    if found := operand_finding(pattern, clause):
        yield found
    if _differs_from_all(clause) and clause.selector.wildcard is None:
        reason = 'every text and every number fits "*", and nothing else differs: this never holds'
        suggestion = rewritten(pattern, clause.span, f"{selector} NOT EXISTS")
        yield Finding("never-holds", *clause.span, reason, suggestion)
    if not isinstance(operand, nodes.Text):
        return
    word = operand.text.lower()
    bare = pattern[operand.span.start] != '"'
    if bare and (state := _BOOLEANS.get((operator, word))):
        reason = f'booleans never equal or differ: this asks for the text "{operand.text}"'
        suggestion = rewritten(pattern, clause.span, f"{selector} {state}")
        yield Finding("boolean-as-text", *clause.span, reason, suggestion)
    if word == "null":
        meant = "IS NULL" if operator is Operator.EQUAL else "= *"
        reason = f'null never equals or differs: this asks for the text "{operand.text}"'
        suggestion = rewritten(pattern, clause.span, f"{selector} {meant}")
        yield Finding("null-as-text", *clause.span, reason, suggestion)


def _differs_from_all(clause: nodes.Comparison | nodes.FieldComparison) -> bool:
    """Say whether a clause asks for what differs from "*"."""
    operand = clause.operand
    return _excludes(clause) and isinstance(operand, nodes.Glob) and not operand.text


def _absent_findings(
    pattern: str,
    condition: nodes.Condition,
    known: frozenset[nodes.Selector],
    present: Container[str],
) -> Iterator[Finding]:
    """Find "!=" on fields that may be absent.

    ``known`` has the selectors of which another clause decides what happens when they are absent.
    """
    if isinstance(condition, nodes.And):
        known |= _needed(condition)
    elif isinstance(condition, nodes.Or):
        known |= {part.selector for part in condition.clauses if isinstance(part, nodes.NotExists)}
    parts = condition.clauses if isinstance(condition, nodes.And | nodes.Or) else (condition,)
    exclusions = [part for part in parts if isinstance(part, nodes.Comparison) and _excludes(part)]
    for part in parts:
        if isinstance(part, nodes.And | nodes.Or):
            yield from _absent_findings(pattern, part, known, present)
    # Exclusions joined by "||" are wrong for another reason, and told as such.
    if isinstance(condition, nodes.Or) and len(exclusions) > 1:
        return
    for selector in dict.fromkeys(part.selector for part in exclusions):
        # The object itself, which a wildcard at the start is about, is always there.
        if not (selector.wildcard == 0 or selector in known or _text(pattern, selector) in present):
            yield _absent(pattern, [part for part in exclusions if part.selector == selector])


def _needed(condition: nodes.Condition) -> frozenset[nodes.Selector]:
    """Give the selectors of which a condition plainly asks for a value, so that it needs one."""
    if isinstance(condition, nodes.And):
        return frozenset[nodes.Selector]().union(*map(_needed, condition.clauses))
    if isinstance(condition, nodes.Or):
        return frozenset.intersection(*map(_needed, condition.clauses))
    if isinstance(condition, nodes.Is) or (
        isinstance(condition, nodes.Comparison) and not _excludes(condition)
    ):
        return frozenset({condition.selector})
    return frozenset()


def _absent(pattern: str, exclusions: list[nodes.Comparison]) -> Finding:
    """Tell that exclusions of one selector, all joined, are false where it selects nothing."""
    selector, first = _text(pattern, exclusions[0].selector), exclusions[0]
    reason = (
        f"this is false where {selector} is absent or null: "
        '"!=" holds only of a text or a number that differs'
    )
    if first.selector.wildcard is not None:
        reason = f"this is false where the field before the wildcard of {selector} is absent"
    suggestion = pattern
    for part in reversed(exclusions):
        either = grouped(pattern, part.span, f"{_text(pattern, part)} || {selector} NOT EXISTS")
        suggestion = suggestion[: part.span.start] + either + suggestion[part.span.end :]
    return Finding("absent-field", *first.span, reason, legal(suggestion))


# --- Joined clauses ------------------------------------------------------------------------------


def _plain(condition: nodes.Condition, joint: type[nodes.And | nodes.Or]) -> list[nodes.Clause]:
    """Give the clauses that a condition joins, also through groups that join alike."""
    if isinstance(condition, joint):
        return [leaf for clause in condition.clauses for leaf in _plain(clause, joint)]
    return [] if isinstance(condition, nodes.And | nodes.Or) else [condition]


def _pair(
    clauses: list[nodes.Clause], test: Callable[[nodes.Clause, nodes.Clause], bool]
) -> tuple[nodes.Clause, nodes.Clause] | None:
    """Give the first two clauses of the same value that pass a test."""
    pairs = itertools.combinations(clauses, 2)
    return next(((one, other) for one, other in pairs if test(one, other)), None)


def _about_the_same(one: nodes.Clause, other: nodes.Clause) -> bool:
    """Say whether two clauses are about the same value."""
    if isinstance(one, nodes.FieldComparison) or isinstance(other, nodes.FieldComparison):
        return True
    return one.selector == other.selector and one.selector.wildcard is None


def _never_findings(pattern: str, condition: nodes.And) -> Iterator[Finding]:
    """Find two clauses joined by "&&" that cannot both hold."""
    clauses = _plain(condition, nodes.And)
    pair = _pair(clauses, never_together)
    if pair is None:
        return
    one, other = (_text(pattern, clause) for clause in pair)
    suggestion = None
    if all(_about_the_same(pair[0], clause) and _equal(clause) for clause in clauses):
        either = " || ".join(_text(pattern, clause) for clause in clauses)
        suggestion = _suggested(pattern, condition, either)
    reason = f"{one} and {other} cannot both hold, so this never does"
    yield Finding("never-holds", *condition.span, reason, suggestion)


def _equal(clause: nodes.Clause) -> bool:
    """Say whether a clause asks for equality."""
    comparisons = (nodes.Comparison, nodes.FieldComparison)
    return isinstance(clause, comparisons) and clause.operator is Operator.EQUAL


def _always_findings(pattern: str, condition: nodes.Or) -> Iterator[Finding]:
    """Find two clauses joined by "||" of which one always holds."""
    clauses = _plain(condition, nodes.Or)
    pair = _pair(clauses, lambda one, other: _about_the_same(one, other) and one_always(one, other))
    if pair is None:
        return
    one, other = (_text(pattern, clause) for clause in pair)
    suggestion = None
    alone = len(clauses) == 2 == len(condition.clauses)  # noqa: PLR2004 - the pair
    if alone and not never_together(*pair):
        suggestion = _suggested(pattern, condition, f"{one} && {other}")
    reason = f"one of {one} and {other} holds of every value that can be compared"
    yield Finding("always-holds", *condition.span, reason, suggestion)


def _exclusion_findings(pattern: str, condition: nodes.Or) -> Iterator[Finding]:
    """Find several exclusions joined by "||"."""
    parts = condition.clauses
    exclusions = _exclusions(condition)
    if len(exclusions) < 2:  # noqa: PLR2004 - several
        return
    others = [written(pattern, part) for part in parts if part not in exclusions]
    kept = [written(pattern, part) for part in exclusions]
    if others:
        kept.insert(0, others[0] if len(others) == 1 else f"({' || '.join(others)})")
    yield Finding(
        "joined-exclusions",
        *condition.span,
        'exclusions joined by "||" exclude next to nothing: '
        "whatever one of them leaves out, another lets in",
        _suggested(pattern, condition, " && ".join(kept)),
    )


def _exclusions(condition: nodes.Or) -> list[nodes.Condition]:
    """Give the clauses of a condition that are exclusions."""
    return [part for part in condition.clauses if _excludes(part)]


def _excludes(part: nodes.Condition) -> bool:
    """Say whether a clause is an exclusion."""
    comparisons = (nodes.Comparison, nodes.FieldComparison)
    return isinstance(part, comparisons) and part.operator is Operator.NOT_EQUAL


def _mixed_findings(pattern: str, condition: nodes.Or) -> Iterator[Finding]:
    """Find "&&" beside "||" without parentheses."""
    loose = [part for part in condition.clauses if isinstance(part, nodes.And) and not part.grouped]
    if not loose:
        return
    read_as = " || ".join(written(pattern, part) for part in condition.clauses)
    meant = read_as
    if len(loose) == 1:
        # A single "&&" is nearly always meant to hold for all alternatives beside it.
        meant = _other_way_round(pattern, condition)
    yield Finding(
        "mixed-operators",
        *condition.span,
        f'"&&" binds tighter than "||": this is read as {preview(read_as, 200)}',
        _suggested(pattern, condition, meant),
    )


def _other_way_round(pattern: str, condition: nodes.Or) -> str:
    """Write a condition as if "||" bound tighter than "&&"."""
    groups: list[list[str]] = [[]]
    for part in condition.clauses:
        loose = isinstance(part, nodes.And) and not part.grouped
        first, *rest = part.clauses if isinstance(part, nodes.And) and loose else (part,)
        groups[-1].append(written(pattern, first))
        groups.extend([written(pattern, clause)] for clause in rest)
    return " && ".join(
        group[0] if len(group) == 1 else f"({' || '.join(group)})" for group in groups
    )


def _text(pattern: str, node: nodes.Node) -> str:
    """Give a part as the pattern writes it."""
    return pattern[slice(*node.span)]


def _suggested(pattern: str, condition: nodes.Condition, text: str) -> str | None:
    """Give the pattern with a condition replaced."""
    return rewritten(pattern, condition.span, grouped(pattern, condition.span, text))


# --- Fields --------------------------------------------------------------------------------------


def fields_findings(pattern: str, root: nodes.Fields) -> Iterator[Finding]:
    """Find what is doubtful in a space-delimited pattern."""
    for field in root.fields:
        if isinstance(field, nodes.Field) and field.condition:
            for clause in nodes.leaves(field.condition):
                if isinstance(clause, nodes.FieldComparison):
                    yield from _field_findings(pattern, clause)
            yield from joined_findings(pattern, field.condition)
    last = root.fields[-1]
    if root.rest is None and isinstance(last, nodes.Field) and last.condition:
        yield from _last_findings(pattern, last, last.condition)


def _field_findings(pattern: str, clause: nodes.FieldComparison) -> Iterator[Finding]:
    """Find a comparison of a field with something odd, or that never holds."""
    if found := operand_finding(pattern, clause):
        yield found
    if _differs_from_all(clause):
        reason = 'every text fits "*", so this never holds'
        yield Finding("never-holds", *clause.span, reason)


def _last_findings(
    pattern: str, last: nodes.Field, condition: nodes.Condition
) -> Iterator[Finding]:
    """Find a last field that is compared as if it were one token."""
    compared = [
        clause
        for clause in nodes.leaves(condition)
        if isinstance(clause, nodes.FieldComparison)
        and clause.operator is not Operator.NOT_EQUAL
        and isinstance(clause.operand, nodes.Text | nodes.Number)
    ]
    if compared:
        reason = (
            "the last field takes all that is left of the message, "
            f"so {last.name} is one token only where nothing follows it"
        )
        end = nodes.Span(last.span.end, last.span.end)
        yield Finding("last-field", *last.span, reason, rewritten(pattern, end, ", ..."))
