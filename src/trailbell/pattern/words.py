"""Say in plain words what the parts of a pattern ask."""

from __future__ import annotations

from trailbell.pattern import nodes
from trailbell.pattern.nodes import Operator, Sign, State, Wildcard
from trailbell.pattern.preview import preview

_ORDERINGS = {
    Operator.LESS: "below",
    Operator.AT_MOST: "at most",
    Operator.GREATER: "above",
    Operator.AT_LEAST: "at least",
}
_TERMS = {
    Sign.REQUIRED: "the message contains {}",
    Sign.EXCLUDED: "the message does not contain {}",
    Sign.OPTIONAL: "the message contains {}",
}
_STATES = {State.TRUE: "the boolean true", State.FALSE: "the boolean false"}


def term_words(term: nodes.Term) -> str:
    """Say what a term asks."""
    return _TERMS[term.sign].format(_quoted(term.text))


def regex_words(regex: nodes.Regex) -> str:
    """Say what a regex asks of the whole message."""
    return f"the message has a match of the regex {preview(regex.body)}"


def fields_words(fields: nodes.Fields) -> str:
    """Say how many fields a message needs, and what becomes of the rest."""
    needed = sum(isinstance(field, nodes.Field) for field in fields.fields)
    if not needed:
        return "any message, split into fields"
    least = f"the message has at least {needed} field{'' if needed == 1 else 's'}"
    if fields.rest is None:
        return f"{least}; the last takes the rest"
    return f"{least}; ... takes the others"


def clause_words(clause: nodes.Clause) -> str:
    """Say what a clause asks of what it selects."""
    if isinstance(clause, nodes.FieldComparison):
        return f"{clause.name} {_field_asks(clause)}"
    name = _steps(clause.selector.segments)
    if isinstance(clause, nodes.NotExists):
        return f"there is no {name}"
    one = name if clause.selector.wildcard is None else f"one of {name}"
    if isinstance(clause, nodes.Is):
        return f"{one} is {_state(clause)}"
    if clause.operator is Operator.NOT_EQUAL:
        return _differs(clause, name)
    return f"{one} {_asks(clause.operator, clause.operand)}"


def _state(clause: nodes.Is) -> str:
    """Say what IS asks for."""
    if clause.state is not State.NULL:
        return _STATES[clause.state]
    return "null, or an array that holds null" if clause.selector.wildcard is None else "null"


def _differs(clause: nodes.Comparison, name: str) -> str:
    """Say what "!=" asks."""
    if clause.selector.wildcard is None:
        return f"{name} is a text or a number that {_denies(clause.operand)}"
    none = f"none of {name} {_asks(Operator.EQUAL, clause.operand)}"
    holder = clause.selector.segments[: clause.selector.wildcard]
    return f"{_steps(holder)} is there, and {none}" if holder else none


def _steps(segments: tuple[nodes.Segment, ...]) -> str:
    """Join the steps of a selector, without its dollar sign."""
    shown = ""
    for segment in segments:
        if segment is Wildcard.ANY:
            shown += "[*]" if shown else "*"
        elif isinstance(segment, int):
            shown += f"[{segment}]"
        else:
            shown += f".{preview(segment)}" if shown else preview(segment)
    return shown


def _field_asks(clause: nodes.FieldComparison) -> str:
    """Say what a condition asks of the text of a field."""
    if isinstance(clause.operand, nodes.Number):
        if clause.operator is Operator.EQUAL:
            return f"is a number equal to {clause.operand.text}"
        if clause.operator is Operator.NOT_EQUAL:
            return f"is no number equal to {clause.operand.text}"
    if clause.operator is Operator.NOT_EQUAL:
        return _denies(clause.operand)
    return _asks(clause.operator, clause.operand)


def _asks(operator: Operator, operand: nodes.Operand) -> str:
    """Say what a comparison other than "!=" asks."""
    if isinstance(operand, nodes.Number):
        if operator is Operator.EQUAL:
            return f'is the number {operand.text} or the text "{operand.text}"'
        return f"is a number {_ORDERINGS[operator]} {operand.text}"
    if isinstance(operand, nodes.Glob):
        if not operand.text:
            return "is any text or number"
        return f"{_glob_verb(operand)}s {_glob_text(operand)}"
    if isinstance(operand, nodes.Text):
        return f"is {_quoted(operand.text)}"
    return f"has a match of the regex {preview(operand.body)}"


def _denies(operand: nodes.Operand) -> str:
    """Say what "!=" asks of a text or a number."""
    if isinstance(operand, nodes.Number):
        return f'is neither the number {operand.text} nor the text "{operand.text}"'
    if isinstance(operand, nodes.Glob):
        return f"does not {_glob_verb(operand)} {_glob_text(operand)}"
    if isinstance(operand, nodes.Text):
        return f"is not {_quoted(operand.text)}"
    return f"has no match of the regex {preview(operand.body)}"


def _glob_verb(operand: nodes.Glob) -> str:
    """Say how a text with "*" at an end is looked for."""
    if operand.open_start and operand.open_end:
        return "contain"
    return "end" if operand.open_start else "begin"


def _glob_text(operand: nodes.Glob) -> str:
    """Say what is looked for."""
    both = operand.open_start and operand.open_end
    return _quoted(operand.text) if both else f"with {_quoted(operand.text)}"


def _quoted(text: str) -> str:
    """Show a text in quotes."""
    return f'"{preview(text)}"'
