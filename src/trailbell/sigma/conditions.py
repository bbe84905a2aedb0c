"""Conditions on their way into patterns: joined, merged, written, split.

A pattern holds 1,024 characters and two regexes, so regexes on one field become one, and a
condition that is too large for one pattern becomes several of which any may hold, as a rule has
them. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from trailbell.errors import PatternSyntaxError
from trailbell.pattern import compile_pattern
from trailbell.sigma.refusal import inexpressible

_Part = TypeVar("_Part")

MAX_PATTERNS = 20
"""How many patterns a rule becomes at most; more would be no rule that anybody reads."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Hold a clause as the pattern writes it."""

    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """Ask whether any of several regexes finds something in a value, or whether none does."""

    selector: str
    regexes: tuple[str, ...]
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Unless:
    """Ask that a value differs, or that one of the ``others`` holds in which it cannot equal.

    ``differing`` are the clauses with ``!=``, all of which must hold.
    """

    selector: str
    others: tuple[Clause, ...]
    differing: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Join conditions that must all hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Join conditions of which one must hold."""

    parts: tuple[Condition, ...]


Condition = Clause | Found | Unless | All | Either


def all_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions that must all hold; exclusions from one field become one."""
    flat = [each for part in parts for each in (part.parts if isinstance(part, All) else (part,))]
    merged = _merged(flat, _both)
    return merged[0] if len(merged) == 1 else All(tuple(merged))


def any_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions of which one must hold; regexes on one field become one."""
    flat = [
        each for part in parts for each in (part.parts if isinstance(part, Either) else (part,))
    ]
    merged = _merged(flat, _one_of)
    return merged[0] if len(merged) == 1 else Either(tuple(merged))


def _merged(
    parts: list[Condition], merge: Callable[[Condition, Condition], Condition | None]
) -> list[Condition]:
    """Put every condition into the first before it that takes it in."""
    found: list[Condition] = []
    for part in dict.fromkeys(parts):
        for at, before in enumerate(found):
            if (both := merge(before, part)) is not None:
                found[at] = both
                break
        else:
            found.append(part)
    return found


def _both(one: Condition, other: Condition) -> Condition | None:
    """Return the one condition that asks for two, None where there is none."""
    if isinstance(one, Found) and isinstance(other, Found) and one.differs and other.differs:
        return _joined(one, other)
    if not (isinstance(one, Unless) and isinstance(other, Unless)):
        return None
    if (one.selector, one.others) != (other.selector, other.others):
        return None
    return Unless(one.selector, one.others, all_of((one.differing, other.differing)))


def _one_of(one: Condition, other: Condition) -> Condition | None:
    """Return the one condition that asks for either of two, None where there is none."""
    if not (isinstance(one, Found) and isinstance(other, Found)):
        return None
    return None if one.differs or other.differs else _joined(one, other)


def _joined(one: Found, other: Found) -> Found | None:
    """Return the regexes on one field as one condition."""
    if one.selector != other.selector:
        return None
    return Found(one.selector, tuple(dict.fromkeys(one.regexes + other.regexes)), one.differs)


# --- Written -------------------------------------------------------------------------------------


def patterns_of(condition: Condition) -> tuple[str, ...]:
    """Return patterns of which one holds where the condition does, a single one if that is enough.

    Raises RefusedError where the language has no room for it.
    """
    found: list[str] = []
    waiting = [condition]
    while waiting:
        part = waiting.pop(0)
        pattern = f"{{ {written(part)} }}"
        try:
            compile_pattern(pattern)
        except PatternSyntaxError as error:
            halves = _split(part)
            if halves is None:
                raise inexpressible(
                    f"{error.reason}, and a text in any case takes one"
                    if "regexes" in error.reason
                    else error.reason
                ) from error
            waiting[:0] = halves
        else:
            found.append(pattern)
        if len(waiting) + len(found) > MAX_PATTERNS:
            raise inexpressible(f"it would take more than {MAX_PATTERNS} patterns")
    return tuple(found)


def written(condition: Condition) -> str:
    """Write a condition as a pattern has it between its braces."""
    match condition:
        case Clause():
            return condition.text
        case Found():
            sign = "!=" if condition.differs else "="
            return f"{condition.selector} {sign} %{'|'.join(condition.regexes)}%"
        case Unless():
            return " || ".join(_grouped(part) for part in _alternatives(condition))
        case _:
            joint = " && " if isinstance(condition, All) else " || "
            return joint.join(_grouped(part) for part in condition.parts)


def _grouped(condition: Condition) -> str:
    """Write a part of a condition, in parentheses where it joins others."""
    text = written(condition)
    return text if isinstance(condition, Clause | Found) else f"({text})"


def _alternatives(condition: Unless) -> tuple[Condition, ...]:
    return (*condition.others, condition.differing)


def _split(condition: Condition) -> tuple[Condition, Condition] | None:
    """Return two conditions of which one holds where this one does, None where there are none."""
    match condition:
        case Either():
            return _halves(condition.parts, any_of)
        case Unless():
            return _halves(_alternatives(condition), any_of)
        case Found() if len(condition.regexes) > 1 and not condition.differs:
            one, other = _cut(condition.regexes)
            return Found(condition.selector, one), Found(condition.selector, other)
        case All():
            return _split_part(condition)
    return None


def _halves(
    parts: tuple[Condition, ...], join: Callable[[Iterable[Condition]], Condition]
) -> tuple[Condition, Condition]:
    one, other = _cut(parts)
    return join(one), join(other)


def _cut(parts: tuple[_Part, ...]) -> tuple[tuple[_Part, ...], tuple[_Part, ...]]:
    middle = len(parts) // 2
    return parts[:middle], parts[middle:]


def _split_part(condition: All) -> tuple[Condition, Condition] | None:
    """Split the longest part of a condition that can be split."""

    def candidates() -> Iterator[tuple[int, int, tuple[Condition, Condition]]]:
        for at, part in enumerate(condition.parts):
            halves = _split(part)
            if halves:
                yield len(written(part)), -at, halves

    longest = max(candidates(), key=lambda found: found[:2], default=None)
    if longest is None:
        return None
    _, at, halves = longest
    before, after = condition.parts[:-at], condition.parts[1 - at :]
    return all_of((*before, halves[0], *after)), all_of((*before, halves[1], *after))
