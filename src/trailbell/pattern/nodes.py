r"""The tree of a filter pattern: plain frozen values, each with its place in the text.

A pattern has one of four roots. The names under them are its parts.

.. code-block:: text

    Terms                         ERROR -timeout, ?WARN ?ERROR
    └── Term
    Regex                         %\d+ ms%
    Json                          { $.a = 1 && $.b IS NULL }
    └── And, Or, Comparison, Is, NotExists
        └── Selector, and an operand: Number, Text, Glob or Regex
    Fields                        [ip, ..., status = 4*]
    ├── Field
    │   └── And, Or, FieldComparison
    └── Rest                      ...

Two trees are equal when they say the same: where in the text a part stands, whether it was quoted
and whether it was put in needless parentheses makes no difference.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from trailbell.pattern.regex import Search


class Span(NamedTuple):
    """Give the place of a part in the text of its pattern, as offsets in characters."""

    start: int
    end: int


_UNSAID = frozenset({"span", "grouped", "search"})
"""What makes no difference between two parts that say the same."""


class Node(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Stand for any part of a pattern."""

    span: Span

    def _said(self) -> tuple[object, ...]:
        names = self.__struct_fields__
        return tuple(getattr(self, name) for name in names if name not in _UNSAID)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Node):
            return NotImplemented
        return self._said() == other._said()

    def __ne__(self, other: object) -> bool:
        # The base class has one of its own, which does not ask __eq__.
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self), self._said()))

    def __repr__(self) -> str:
        names = [name for name in self.__struct_fields__ if name not in _UNSAID]
        return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n in names)})"


class Operator(enum.StrEnum):
    """Name how a value is compared with a literal."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="

    @property
    def orders(self) -> bool:
        """Say whether the operator needs an order, so that only a number can stand after it."""
        return self not in {Operator.EQUAL, Operator.NOT_EQUAL}


# --- Literals ------------------------------------------------------------------------------------


class Number(Node, frozen=True):
    """Hold a number: ``text`` as it is written, ``value`` exactly."""

    text: str
    value: Decimal


class Text(Node, frozen=True):
    """Hold a text that a value must equal."""

    text: str


class Glob(Node, frozen=True):
    """Hold a text that a value must begin with, end with or contain.

    ``open_start`` says that anything may stand before ``text``, ``open_end`` after it; at least
    one of the two is true.
    """

    text: str
    open_start: bool
    open_end: bool


class Regex(Node, frozen=True):
    """Hold a regex: ``body`` is its text without the percent signs, ``search`` runs it."""

    body: str
    search: Search


Operand = Number | Text | Glob | Regex


# --- Conditions ----------------------------------------------------------------------------------


class Wildcard(enum.Enum):
    """Stand for every element of an array or every value of an object, in a selector."""

    ANY = "*"


Segment = str | int | Literal[Wildcard.ANY]
"""A step of a selector: the name of a field, the index of an element from 0, or all of them."""


class Selector(Node, frozen=True):
    """Say where in a JSON object a value stands, from the root."""

    segments: tuple[Segment, ...]

    @property
    def wildcard(self) -> int | None:
        """Give the index of the segment that is a wildcard, or None."""
        return next((i for i, s in enumerate(self.segments) if s is Wildcard.ANY), None)

    @property
    def path(self) -> tuple[str, ...]:
        """Give the segments as text: ``("items", "0", "name")``, with ``*`` for a wildcard."""
        return tuple("*" if s is Wildcard.ANY else str(s) for s in self.segments)


class Comparison(Node, frozen=True):
    """Compare the value that a selector selects with a literal."""

    selector: Selector
    operator: Operator
    operand: Operand


class State(enum.StrEnum):
    """Name what ``IS`` can ask for."""

    NULL = "NULL"
    TRUE = "TRUE"
    FALSE = "FALSE"


class Is(Node, frozen=True):
    """Ask whether the value that a selector selects is null, true or false."""

    selector: Selector
    state: State


class NotExists(Node, frozen=True):
    """Ask whether a selector selects nothing."""

    selector: Selector


class FieldComparison(Node, frozen=True):
    """Compare the text of the field ``name`` with a literal."""

    name: str
    operator: Operator
    operand: Operand


class And(Node, frozen=True):
    """Hold when all clauses hold. ``grouped`` says that it stands in parentheses of its own."""

    clauses: tuple[Condition, ...]
    grouped: bool = False


class Or(Node, frozen=True):
    """Hold when one of the clauses holds. ``grouped`` is as in And."""

    clauses: tuple[Condition, ...]
    grouped: bool = False


Clause = Comparison | Is | NotExists | FieldComparison
Condition = And | Or | Clause


# --- Roots ---------------------------------------------------------------------------------------


class Sign(enum.StrEnum):
    """Say what is asked of a term: it must occur, must not, or is one of several to choose from."""

    REQUIRED = ""
    EXCLUDED = "-"
    OPTIONAL = "?"


class Term(Node, frozen=True):
    """Hold a text that a message contains or not."""

    sign: Sign
    text: str


class Terms(Node, frozen=True):
    """Look for terms anywhere in the message; without terms, match every message."""

    terms: tuple[Term, ...]

    def signed(self, sign: Sign) -> tuple[Term, ...]:
        """Give the terms of one sign."""
        return tuple(term for term in self.terms if term.sign is sign)

    @property
    def drops_optional(self) -> bool:
        """Say whether the optional terms have no effect, since others stand beside them."""
        return any(term.sign is not Sign.OPTIONAL for term in self.terms)


class Json(Node, frozen=True):
    """Ask a condition of a message that is a JSON object."""

    condition: Condition


class Field(Node, frozen=True):
    """Bind one token of the message; a field without a name is ``[, ]``."""

    name: str | None
    condition: Condition | None


class Rest(Node, frozen=True):
    """Bind any number of tokens, also none."""


class Fields(Node, frozen=True):
    """Split the message into tokens and bind them; at most one of ``fields`` is a Rest."""

    fields: tuple[Field | Rest, ...]

    @property
    def rest(self) -> int | None:
        """Give the index of ``...`` among the fields, or None."""
        return next((i for i, f in enumerate(self.fields) if isinstance(f, Rest)), None)


Root = Terms | Regex | Json | Fields


def leaves(condition: Condition) -> Iterator[Clause]:
    """Yield the clauses of a condition, from left to right."""
    if isinstance(condition, And | Or):
        for clause in condition.clauses:
            yield from leaves(clause)
    else:
        yield condition
