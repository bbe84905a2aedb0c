"""Tell whether all that one pattern matches, another matches too, and whether none does.

Nothing is said that is not certain. What would take too long to find out is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trailbell.pattern import nodes
from trailbell.pattern.compiled import Pattern
from trailbell.pattern.entails import entails
from trailbell.pattern.nodes import Sign
from trailbell.pattern.together import never_together

MOST_BRANCHES = 2_000
"""Ways to satisfy a pattern that are gone through before the search is given up."""

Literals = tuple[nodes.Clause, ...]


def implies(one: Pattern, other: Pattern) -> bool:
    """Say whether every message that matches one pattern certainly matches the other."""
    asked, wanted = one.root, other.root
    if asked == wanted or (isinstance(wanted, nodes.Terms) and not wanted.terms):
        return True
    if isinstance(asked, nodes.Json) and isinstance(wanted, nodes.Json):
        return _follows((asked.condition,), wanted.condition)
    if isinstance(asked, nodes.Terms) and isinstance(wanted, nodes.Terms):
        return all(_terms_follow(*way, wanted) for way in _ways(asked))
    return False


def implied_with(one: Pattern, also: Pattern, other: Pattern) -> bool:
    """Say whether every message that matches two patterns certainly matches a third."""
    if implies(one, other) or implies(also, other):
        return True
    roots = (one.root, also.root, other.root)
    conditions = [root.condition for root in roots if isinstance(root, nodes.Json)]
    if len(conditions) < len(roots):
        return False
    return _follows(conditions[:2], conditions[2])


def excludes(one: Pattern, other: Pattern) -> bool:
    """Say whether there certainly is no message that matches both patterns."""
    asked, also = one.root, other.root
    if isinstance(asked, nodes.Json) and isinstance(also, nodes.Json):
        return _each_branch((asked.condition, also.condition), _contradicts)
    if isinstance(asked, nodes.Terms) and isinstance(also, nodes.Terms):
        return all(
            any(bad in good for good in (*first[0], *second[0]) for bad in (*first[1], *second[1]))
            for first in _ways(asked)
            for second in _ways(also)
        )
    return False


# --- JSON ----------------------------------------------------------------------------------------


def _follows(conditions: Iterable[nodes.Condition], wanted: nodes.Condition) -> bool:
    """Say whether a condition follows from some that all hold."""
    if isinstance(wanted, nodes.And):
        known = tuple(conditions)
        return all(_follows(known, clause) for clause in wanted.clauses)
    return _each_branch(conditions, lambda literals: _satisfied(literals, wanted))


def _satisfied(literals: Literals, wanted: nodes.Condition) -> bool:
    """Say whether a condition follows from clauses that all hold."""
    if isinstance(wanted, nodes.And):
        return all(_satisfied(literals, clause) for clause in wanted.clauses)
    if isinstance(wanted, nodes.Or):
        return any(_satisfied(literals, clause) for clause in wanted.clauses)
    return any(entails(literal, wanted) for literal in literals)


def _contradicts(literals: Literals) -> bool:
    """Say whether two of some clauses cannot hold together."""
    return any(
        never_together(one, other)
        for place, one in enumerate(literals)
        for other in literals[place + 1 :]
    )


def _each_branch(conditions: Iterable[nodes.Condition], closes: Callable[[Literals], bool]) -> bool:
    """Say whether something is true of the clauses of every way to satisfy all conditions.

    What is true of some clauses is to stay true when more are added.
    """
    literals, choices = _split(conditions)
    waiting = [(literals, choices)]
    for _ in range(MOST_BRANCHES):
        if not waiting:
            return True
        literals, choices = waiting.pop()
        if closes(literals):
            continue
        if not choices:
            return False
        for clause in choices[0].clauses:
            more, below = _split((clause,))
            waiting.append(((*literals, *more), (*choices[1:], *below)))
    return False


def _split(conditions: Iterable[nodes.Condition]) -> tuple[Literals, tuple[nodes.Or, ...]]:
    """Sort what some conditions ask into clauses that must hold and choices among clauses."""
    literals: list[nodes.Clause] = []
    choices: list[nodes.Or] = []
    waiting = list(conditions)
    while waiting:
        condition = waiting.pop()
        if isinstance(condition, nodes.And):
            waiting.extend(condition.clauses)
        elif isinstance(condition, nodes.Or):
            choices.append(condition)
        else:
            literals.append(condition)
    return tuple(literals), tuple(choices)


# --- Terms ---------------------------------------------------------------------------------------


def _ways(root: nodes.Terms) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give the ways to satisfy terms: the texts that a message then holds, and those it has not."""
    required, excluded, optional = (
        tuple(term.text for term in root.signed(sign))
        for sign in (Sign.REQUIRED, Sign.EXCLUDED, Sign.OPTIONAL)
    )
    if root.drops_optional or not optional:
        return [(required, excluded)]
    return [((text,), ()) for text in optional]


def _terms_follow(held: tuple[str, ...], missing: tuple[str, ...], wanted: nodes.Terms) -> bool:
    """Say whether terms follow from texts that a message holds and texts that it has not."""
    return any(
        all(any(text in known for known in held) for text in required)
        and all(any(known in text for known in missing) for text in excluded)
        for required, excluded in _ways(wanted)
    )
