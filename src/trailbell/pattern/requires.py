"""Say what a pattern requires of a message: what every message that it matches must hold.

These are necessary conditions, never sufficient ones, for those who look for the few of many
messages that can match at all. Of what is said here, whatever is not sure is left out: a pattern
that requires nothing gives no needs and no guards.
"""

from __future__ import annotations

import functools
import math
import re
from typing import TYPE_CHECKING

import msgspec

from trailbell.pattern import nodes
from trailbell.pattern.evaluation import places
from trailbell.pattern.nodes import Operator, Sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trailbell.pattern.compiled import Pattern

    Weigh = Callable[["Need"], float]
    Needs = tuple["Need", ...]


class Literal(msgspec.Struct, frozen=True):
    """Hold a text that a message must hold, as it is or as JSON writes it within a string.

    ``opens`` says that it stands at the start of a JSON string, so that a quote is before it;
    ``closes`` that a quote is behind it. ``key`` says that it is the name of a field.
    """

    text: str
    opens: bool = False
    closes: bool = False
    key: bool = False


class NumberToken(msgspec.Struct, frozen=True):
    """Stand for a token of a message that is written as a number."""


Need = Literal | NumberToken
Texts = nodes.Text | nodes.Glob | nodes.Regex


class Guard(msgspec.Struct, frozen=True):
    """Say that what stands at a path must be a text or a number that fits one of ``operands``.

    The path has names alone: no index, no wildcard.
    """

    path: tuple[str, ...]
    operands: tuple[Texts, ...]


class NumberAt(msgspec.Struct, frozen=True):
    """Say that a token is a number, from ``low`` to ``high`` by its double.

    ``place`` counts from 0, or from -1 backwards where the pattern's "..." stands before it.
    """

    place: int
    low: float
    high: float


class TokenGuard(msgspec.Struct, frozen=True):
    """Say that a message has at least ``least`` tokens, and which of them are numbers."""

    least: int = 0
    numbers: tuple[NumberAt, ...] = ()


class Requires(msgspec.Struct, frozen=True):
    """Hold what a pattern requires.

    ``needs``: a message that matches holds at least one of them; None where nothing is sure.
    ``guards`` and ``tokens`` hold in a message that matches. ``selectors``: all that the pattern
    looks at in a JSON object.
    """

    needs: tuple[Need, ...] | None
    guards: tuple[Guard, ...]
    tokens: TokenGuard
    selectors: frozenset[tuple[nodes.Segment, ...]]


def requires(pattern: Pattern, weigh: Weigh | None = None) -> Requires:
    """Find what a pattern requires.

    Where a pattern leaves the choice, as ``&&`` does, those needs are given for which ``weigh``
    gives the smallest sum: it is to say how many of the messages hold a need.
    """
    root, weigh = pattern.root, weigh or _rarity
    if isinstance(root, nodes.Terms):
        return Requires(_terms_need(root, weigh), (), TokenGuard(), frozenset())
    if isinstance(root, nodes.Regex):
        return Requires(_regex_needs(root, weigh), (), TokenGuard(), frozenset())
    if isinstance(root, nodes.Fields):
        return Requires(_fields_need(root, weigh), (), _token_guard(root), frozenset())
    clauses = (c for c in nodes.leaves(root.condition) if not isinstance(c, nodes.FieldComparison))
    selectors = frozenset(clause.selector.segments for clause in clauses)
    needs = _condition_needs(root.condition, weigh)
    return Requires(needs, _guards(root.condition), TokenGuard(), selectors)


def _rarity(need: Need) -> float:
    """Take a longer text for a rarer one."""
    if isinstance(need, NumberToken):
        return 0.25
    return 0.25 ** min(len(need.text), 16) + (0.5 if need.key else 0)


# --- Needs ---------------------------------------------------------------------------------------


def _cheapest(choices: Iterable[Needs | None], weigh: Weigh) -> Needs | None:
    """Give the needs that the fewest messages hold, of several that must all be met."""
    sure = [needs for needs in choices if needs is not None]
    return min(sure, key=lambda needs: sum(map(weigh, needs)), default=None)


def _any_of(choices: Iterable[Needs | None]) -> Needs | None:
    """Join needs of which one must be met; where one alternative needs nothing, nothing is."""
    joined: dict[Need, None] = {}
    for needs in choices:
        if needs is None:
            return None
        joined.update(dict.fromkeys(needs))
    return tuple(joined)


def _terms_need(root: nodes.Terms, weigh: Weigh) -> Needs | None:
    required = root.signed(Sign.REQUIRED)
    if required:
        return _cheapest(((Literal(term.text),) for term in required), weigh)
    optional = root.signed(Sign.OPTIONAL)
    if not optional or root.drops_optional:
        return None
    return tuple(dict.fromkeys(Literal(term.text) for term in optional))


def _fields_need(root: nodes.Fields, weigh: Weigh) -> Needs | None:
    conditions = (f.condition for f in root.fields if isinstance(f, nodes.Field) and f.condition)
    return _cheapest((_condition_needs(condition, weigh) for condition in conditions), weigh)


def _condition_needs(condition: nodes.Condition, weigh: Weigh) -> Needs | None:
    if isinstance(condition, nodes.And):
        return _cheapest((_condition_needs(c, weigh) for c in condition.clauses), weigh)
    if isinstance(condition, nodes.Or):
        return _any_of(_condition_needs(c, weigh) for c in condition.clauses)
    if isinstance(condition, nodes.FieldComparison):
        return _token_needs(condition, weigh)
    if isinstance(condition, nodes.NotExists):
        return None
    return _cheapest((_value_needs(condition, weigh), _key_needs(condition, weigh)), weigh)


def _token_needs(clause: nodes.FieldComparison, weigh: Weigh) -> Needs | None:
    """Say what a condition on a token needs: "!=" nothing, since it may be any other text."""
    if clause.operator is Operator.NOT_EQUAL:
        return None
    operand = clause.operand
    if isinstance(operand, nodes.Number):
        return (NumberToken(),)
    if isinstance(operand, nodes.Regex):
        return _regex_needs(operand, weigh)
    return (Literal(operand.text),) if operand.text else None


def _key_needs(clause: nodes.Comparison | nodes.Is, weigh: Weigh) -> Needs | None:
    """Say that a name on the path must stand in the message: only what is there compares."""
    segments = clause.selector.segments
    if isinstance(clause, nodes.Comparison) and clause.operator is Operator.NOT_EQUAL:
        # Here what holds the wildcard must exist, and nothing behind it.
        segments = segments[: clause.selector.wildcard]
    names = [segment for segment in segments if isinstance(segment, str) and segment]
    return _cheapest(((Literal(name, opens=True, closes=True, key=True),) for name in names), weigh)


def _value_needs(clause: nodes.Comparison | nodes.Is, weigh: Weigh) -> Needs | None:
    if isinstance(clause, nodes.Is) or clause.operator is not Operator.EQUAL:
        return None
    operand = clause.operand
    if isinstance(operand, nodes.Number):
        # A number equals by value, however it is written.
        return None
    if isinstance(operand, nodes.Regex):
        needs = _regex_needs(operand, weigh)
        return None if needs is None or any(_in_number(need) for need in needs) else needs
    if isinstance(operand, nodes.Text) and _INTEGER.fullmatch(operand.text):
        # An integer stands in the message as it is written, with quotes or without.
        return (Literal(operand.text),)
    opens = isinstance(operand, nodes.Text) or not operand.open_start
    closes = isinstance(operand, nodes.Text) or not operand.open_end
    literal = Literal(operand.text, opens, closes)
    return None if _in_number(literal) else (literal,)


_INTEGER = re.compile(r"-?[0-9]+")
_NUMERIC = re.compile(r"-?[0-9]*\.?[0-9]*(?:E?-?[0-9]*)")
_INFINITY = "-Infinity"


def _in_number(need: Need) -> bool:
    """Say whether a text can be a part of how a number is compared with text.

    That is not how it stands in the message: 1e0 counts as "1.0".
    """
    if not isinstance(need, Literal):
        return True
    return _NUMERIC.fullmatch(need.text) is not None or need.text in _INFINITY


def _token_guard(root: nodes.Fields) -> TokenGuard:
    """Count the tokens that fields need, and find those which only a number satisfies.

    The last field of a pattern without "..." may take the rest of the message.
    """
    fields = [field for field in root.fields if isinstance(field, nodes.Field)]
    last = fields[-1] if fields and root.rest is None else None
    numbers = (
        NumberAt(place, *limits)
        for field, place in places(root)
        if field is not last and field.condition and (limits := _limits(field.condition))
    )
    return TokenGuard(len(fields), tuple(numbers))


def _limits(condition: nodes.Condition) -> tuple[float, float] | None:
    """Give the least and the greatest double that meet a condition; None where a text may."""
    if isinstance(condition, nodes.FieldComparison):
        return _limits_of(condition)
    if not isinstance(condition, nodes.And | nodes.Or):
        return None
    limits = [_limits(clause) for clause in condition.clauses]
    sure = [one for one in limits if one is not None]
    if isinstance(condition, nodes.And):
        return (max(low for low, _ in sure), min(high for _, high in sure)) if sure else None
    if len(sure) < len(limits):
        return None
    return min(low for low, _ in sure), max(high for _, high in sure)


def _limits_of(clause: nodes.FieldComparison) -> tuple[float, float] | None:
    if clause.operator is Operator.NOT_EQUAL or not isinstance(clause.operand, nodes.Number):
        return None
    # Rounding to doubles keeps the order of numbers, but may make two of them equal.
    value = float(clause.operand.value)
    low = clause.operator in (Operator.LESS, Operator.AT_MOST)
    high = clause.operator in (Operator.GREATER, Operator.AT_LEAST)
    return -math.inf if low else value, math.inf if high else value


# --- Regexes -------------------------------------------------------------------------------------

_PIECE = re.compile(
    r"""
    (?: \\x(?P<hex> [0-9A-Fa-f]{2} ) | \\(?P<class>[dDsSwW]) | \\(?P<escaped>.)
      | (?P<set> \[\^?\]?(?:[^\]\\]|\\.)*\] ) | (?P<edge> [\^$] ) | (?P<or> \| ) | (?P<any> \. )
      | (?P<plain> . )
    )
    (?P<repeat> [*+?] \?? | \{ [0-9]* ,? [0-9]* \} \?? )?
    """,
    re.VERBOSE | re.DOTALL,
)
_AT_LEAST_ONE = re.compile(r"\+|\{0*[1-9]")


def _regex_needs(regex: nodes.Regex, weigh: Weigh) -> Needs | None:
    """Take the best run of fixed characters from each alternative of a regex."""
    alternatives = (
        _cheapest(((Literal(run),) for run in runs if run), weigh)
        for runs in fixed_runs(regex.body)
    )
    return _any_of(alternatives)


@functools.lru_cache(maxsize=1024)
def fixed_runs(body: str) -> tuple[tuple[str, ...], ...]:
    """Give, for each alternative of a regex, the runs of characters that each of its matches has.

    The dialect has no groups, so that ``|`` always stands at the top.
    """
    alternatives: list[list[str]] = [[""]]
    for piece in _PIECE.finditer(body):
        runs, repeat = alternatives[-1], piece["repeat"]
        character = _fixed_character(piece)
        if piece["or"]:
            alternatives.append([""])
        elif character is None or (repeat and not _AT_LEAST_ONE.match(repeat)):
            runs.append("")
        else:
            runs[-1] += character
            if repeat:
                runs.append("")
    return tuple(tuple(runs) for runs in alternatives)


def _fixed_character(piece: re.Match[str]) -> str | None:
    """Give the one character that a piece of a regex stands for, None where there are several."""
    if piece["hex"]:
        return chr(int(piece["hex"], 16))
    return piece["escaped"] or piece["plain"]


# --- Guards --------------------------------------------------------------------------------------


def _guards(condition: nodes.Condition) -> tuple[Guard, ...]:
    """Find the comparisons, each on one path, of which all must hold."""
    if isinstance(condition, nodes.And):
        return tuple(guard for clause in condition.clauses for guard in _guards(clause))
    if isinstance(condition, nodes.Or):
        return _common(tuple(map(_guards, condition.clauses)))
    if not isinstance(condition, nodes.Comparison) or condition.operator is not Operator.EQUAL:
        return ()
    path = tuple(s for s in condition.selector.segments if isinstance(s, str))
    if len(path) < len(condition.selector.segments) or isinstance(condition.operand, nodes.Number):
        return ()
    return (Guard(path, (condition.operand,)),)


def _common(alternatives: tuple[tuple[Guard, ...], ...]) -> tuple[Guard, ...]:
    """Join the guards of alternatives, for each path on which every alternative has one."""
    joined = []
    for path in dict.fromkeys(guard.path for guard in alternatives[0]):
        chosen = [next((g for g in guards if g.path == path), None) for guards in alternatives]
        if all(chosen):
            operands = tuple(operand for guard in chosen if guard for operand in guard.operands)
            joined.append(Guard(path, operands))
    return tuple(joined)
