"""Explanations of patterns drawn as trees: what each clause asks, selected, and how it fared."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from rich.text import Text
from rich.tree import Tree

from trailbell.evidence import shown_values
from trailbell.masking import masked_message
from trailbell.pattern import Explanation, Pattern
from trailbell.preview import printable

MOST_SHOWN = 8
"""Clauses beside one another that are drawn where only those that decided are asked for."""

_MARKS = {True: ("✓ ", "green"), False: ("✗ ", "red"), None: ("· ", "dim")}

Values = Mapping[str, tuple[str, ...]]
"""What each clause selected, by its text."""


def pattern_tree(pattern: Pattern) -> Tree:
    """Draw what a pattern asks, of no event."""
    return _tree(pattern.explain(), None)


def event_tree(pattern: Pattern, message: str, *, decided: bool = False) -> Tree:
    """Draw how a pattern fared on a message, without credentials.

    With ``decided``, only the clauses that decided the answer are drawn, and not all of many.
    """
    explanation = pattern.explain(message)
    values = shown_values(pattern, explanation, message, masked_message(message))
    return _tree(_decided(explanation) if decided else explanation, values)


def _decided(part: Explanation) -> Explanation:
    """Return a part of an explanation with those of its parts alone that decided the answer."""
    asked = [child for child in part.children if child.held is not None]
    if part.held is (part.joined == "any"):
        # One was enough, and the first of them decided.
        asked = [child for child in asked if child.held is part.held][:1]
    more = len(asked) - MOST_SHOWN
    note = f"and {more} more, not shown" if more > 0 else part.note
    return replace(part, children=tuple(map(_decided, asked[:MOST_SHOWN])), note=note)


def _tree(explanation: Explanation, values: Values | None) -> Tree:
    """Draw an explanation, of an event with what its clauses selected."""
    tree = Tree(_label(explanation, values))
    for child in explanation.children:
        tree.children.append(_tree(child, values))
    return tree


def _label(explanation: Explanation, values: Values | None) -> Text:
    """Show one part: whether it held, its text, and what it selected or asks."""
    mark, style = _MARKS[explanation.held]
    label = Text()
    if values is not None:
        label.append(mark, style)
    # The parts of a condition are shown beneath it, so that its own text would be said twice.
    if explanation.children:
        label.append(explanation.words)
    else:
        label.append(printable(" ".join(explanation.text.split())) or "(nothing)", "bold")
        label.append(f"  {explanation.words}", "dim")
        selected = ", ".join((values or {}).get(explanation.text, ()))
        may_select_nothing = explanation.path and explanation.held is not None
        if selected or (may_select_nothing and not explanation.note):
            label.append(f"  selected: {selected or 'nothing'}")
    if explanation.note:
        label.append(f"  ({explanation.note})", "yellow")
    return label
