"""Explain patterns: what each clause asks, what it selected in a message, whether it held."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import msgspec
from msgspec.structs import replace

from trailbell.pattern import nodes
from trailbell.pattern.document import Value
from trailbell.pattern.evaluation import (
    bind,
    document_asks,
    holds,
    places,
    select,
    text_asks,
)
from trailbell.pattern.message import Message
from trailbell.pattern.preview import preview, preview_value
from trailbell.pattern.words import clause_words, fields_words, regex_words, term_words

MOST_SELECTED = 5
"""How many of the selected values an explanation shows."""


class Explanation(msgspec.Struct, frozen=True):
    """Explain a part of a pattern, and through ``children`` its parts.

    ``text`` is the part as the pattern writes it, ``words`` the same in plain words. ``held`` says
    whether it held in the message, None without a message and for a part that has no effect.
    ``selected`` has the values that it selected, each in one short printable line; the first five
    of them, and how many more there are. ``path`` has the segments of the selector of a JSON
    condition. ``joined`` says what the part asks of its children. ``note`` says why a part could
    not be asked at all.
    """

    text: str
    words: str
    held: bool | None = None
    selected: tuple[str, ...] = ()
    children: tuple[Explanation, ...] = ()
    path: tuple[str, ...] = ()
    joined: Literal["all", "any", ""] = ""
    note: str = ""

    def decisive(self) -> tuple[Explanation, ...]:
        """Give the parts without children that decided the answer, from left to right.

        Where one of several was enough, that is the first which held, or which did not.
        """
        if not self.children or self.held is None:
            return () if self.held is None else (self,)
        asked = [child for child in self.children if child.held is not None]
        if self.held is (self.joined == "any"):
            asked = [child for child in asked if child.held is self.held][:1]
        return tuple(leaf for child in asked for leaf in child.decisive()) or (self,)


def explain(pattern: str, root: nodes.Root, message: Message | None) -> Explanation:
    """Explain a pattern, and how it fared on a message. Never raises, whatever the message is."""
    return _Explainer(pattern, message).root(root)


class _Explainer:
    """Explain the parts of a pattern on one message, or on none."""

    def __init__(self, pattern: str, message: Message | None) -> None:
        self.pattern = pattern
        self.message = message

    def text(self, node: nodes.Node) -> str:
        """Give a part as the pattern writes it."""
        return self.pattern[node.span.start : node.span.end]

    def root(self, root: nodes.Root) -> Explanation:
        """Explain a whole pattern."""
        if isinstance(root, nodes.Terms):
            return self.terms(root)
        if isinstance(root, nodes.Json):
            return self.json(root)
        if isinstance(root, nodes.Fields):
            return self.fields(root)
        held = None if self.message is None else root.search(self.message.text)
        return Explanation(self.text(root), regex_words(root), held)

    # --- Terms ---

    def terms(self, root: nodes.Terms) -> Explanation:
        """Explain an unstructured pattern."""
        if not root.terms:
            return Explanation("", "every message", None if self.message is None else True)
        children = tuple(self.term(root, term) for term in root.terms)
        joined: Literal["all", "any"] = "all" if root.drops_optional else "any"
        held = None if self.message is None else holds(root)(self.message)
        return _joined(self.text(root), joined, held, children)

    def term(self, root: nodes.Terms, term: nodes.Term) -> Explanation:
        """Explain one term."""
        if term.sign is nodes.Sign.OPTIONAL and root.drops_optional:
            note = "an optional term has no effect beside terms that are not"
            return Explanation(self.text(term), term_words(term), note=note)
        held = None
        if self.message is not None:
            held = (term.text in self.message.text) is not (term.sign is nodes.Sign.EXCLUDED)
        return Explanation(self.text(term), term_words(term), held)

    # --- JSON ---

    def json(self, root: nodes.Json) -> Explanation:
        """Explain a JSON pattern."""
        document = self.message.document if self.message else None
        found = self.condition(root.condition, lambda leaf: self.json_leaf(leaf, document))
        if self.message is None or document is not None:
            return found
        return replace(found, held=False, note="the message is not a JSON object")

    def condition(
        self, condition: nodes.Condition, leaf: Callable[[nodes.Clause], Explanation]
    ) -> Explanation:
        """Explain a condition, given how to explain a clause of it."""
        if not isinstance(condition, nodes.And | nodes.Or):
            return leaf(condition)
        children = tuple(self.condition(clause, leaf) for clause in condition.clauses)
        answers = [child.held for child in children]
        every = isinstance(condition, nodes.And)
        held = None if None in answers else (all if every else any)(answers)
        return _joined(self.text(condition), "all" if every else "any", held, children)

    def json_leaf(self, clause: nodes.Clause, document: dict[str, Value] | None) -> Explanation:
        """Explain a clause on a JSON object, or on none."""
        if isinstance(clause, nodes.FieldComparison):
            raise TypeError(clause)
        found = Explanation(self.text(clause), clause_words(clause), path=clause.selector.path)
        if document is None:
            return found
        values = select(document, clause.selector.segments)
        shown = tuple(preview_value(value) for value in values[:MOST_SELECTED])
        if len(values) > MOST_SELECTED:
            shown += (f"and {len(values) - MOST_SELECTED} more",)
        return replace(found, held=document_asks(clause)(document), selected=shown)

    # --- Space-delimited ---

    def fields(self, root: nodes.Fields) -> Explanation:
        """Explain a space-delimited pattern."""
        texts = bind(root, self.message) if self.message else None
        children = tuple(
            self.condition(
                field.condition,
                partial(self.field_leaf, text=None if texts is None else texts[place]),
            )
            for field, place in places(root)
            if field.condition
        )
        held = None if self.message is None else holds(root)(self.message)
        found = Explanation(
            self.text(root), fields_words(root), held, children=children, joined="all"
        )
        if self.message is None or texts is not None:
            return found
        count = len(self.message.tokens)
        return replace(found, note=f"the message has {count} field{'' if count == 1 else 's'}")

    def field_leaf(self, clause: nodes.Clause, text: str | None) -> Explanation:
        """Explain a clause on the text of a field, or on none."""
        found = Explanation(self.text(clause), clause_words(clause))
        if text is None:
            return found
        return replace(found, held=text_asks(clause)(text), selected=(f'"{preview(text)}"',))


def _joined(
    text: str,
    joined: Literal["all", "any"],
    held: bool | None,  # noqa: FBT001 - it is an answer, not an option
    children: tuple[Explanation, ...],
) -> Explanation:
    """Explain a part that asks all or any of its children; one child needs no parent."""
    if len(children) == 1:
        return children[0]
    words = "all of these hold" if joined == "all" else "at least one of these holds"
    return Explanation(text, words, held, children=children, joined=joined)
