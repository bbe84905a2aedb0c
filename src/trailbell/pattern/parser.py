"""Read filter patterns: text to tree, one method for each rule of the grammar.

What is wrong with a pattern is worded in ``mistakes``; this module says what is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from trailbell.errors import PatternSyntaxError
from trailbell.pattern import mistakes, nodes
from trailbell.pattern.lexer import WHITESPACE, Cursor, Kind, Token, unquoted
from trailbell.pattern.nodes import Operator, Span, State
from trailbell.pattern.number import is_number, literal_value
from trailbell.pattern.preview import preview
from trailbell.pattern.regex import RegexError, compile_regex
from trailbell.pattern.selector import selector
from trailbell.pattern.terms import terms

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
MAX_LENGTH = 1024
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
MAX_REGEXES = 2
MAX_WILDCARDS = 3
# Ours: it keeps the reading of a pattern within the stack of the interpreter.
MAX_GROUPS = 100

_NAME = re.compile(r"[^\W\d]\w*")
_LAST = {"{": "}", "[": "]", "%": "%"}
_LAST_HINTS = {
    "[": 'put a term that holds "[" in quotes',
    "%": "a regex stands alone: it cannot be mixed with terms",
}


def parse(pattern: str) -> nodes.Root:
    """Read a pattern of any form.

    Raises PatternSyntaxError where it is not legal.
    """
    if len(pattern) > MAX_LENGTH:
        raise PatternSyntaxError(
            pattern,
            MAX_LENGTH,
            len(pattern),
            f"a pattern can have {MAX_LENGTH} characters, this one has {len(pattern)}",
            "make two patterns of it, or say several values at once with * or a regex",
        )
    end = len(pattern.rstrip(WHITESPACE))
    start = min(len(pattern) - len(pattern.lstrip(WHITESPACE)), end)
    first = pattern[start : start + 1]
    if first not in _LAST:
        return terms(pattern, start, end)
    if end - start == 1 or pattern[end - 1] != _LAST[first]:
        reason = f'a pattern that begins with "{first}" must end with "{_LAST[first]}"'
        raise PatternSyntaxError(pattern, start, end, reason, _LAST_HINTS.get(first))
    parser = _Parser(Cursor(pattern, start, end))
    if first == "{":
        return parser.json()
    return parser.fields() if first == "[" else parser.lone_regex()


class _Parser:
    """Read the forms that begin with a sign of their own, which the next token is."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.groups = 0
        self.regexes = 0
        self.wildcards = 0

    def since(self, start: int) -> Span:
        """Give the span from an offset to the end of the token taken last."""
        return Span(start, self.cursor.last.span.end)

    # --- A regex alone ---------------------------------------------------------------------------

    def lone_regex(self) -> nodes.Regex:
        """Read ``regex = "%" body "%"``."""
        found = self.regex(self.cursor.take())
        if not self.cursor.check(Kind.END):
            raise mistakes.regex_not_alone(self.cursor)
        return found

    def regex(self, token: Token) -> nodes.Regex:
        """Read ``regex = "%" body "%"``."""
        self.regexes += 1
        if self.regexes > MAX_REGEXES:
            raise mistakes.too_many_regexes(self.cursor, token, MAX_REGEXES)
        body, start = token.text[1:-1], token.span.start + 1
        try:
            search = compile_regex(body)
        except RegexError as error:
            place = (start + error.start, start + error.end)
            raise PatternSyntaxError(
                self.cursor.pattern, *place, error.reason, error.hint
            ) from error
        return nodes.Regex(body, search, span=token.span)

    # --- Conditions ------------------------------------------------------------------------------

    def or_(self, clause: Callable[[], nodes.Clause]) -> nodes.Condition:
        """Read ``or = and { "||" and }``."""
        start, parts = self.cursor.token.span.start, [self.and_(clause)]
        while self.cursor.accept(Kind.OR):
            parts.append(self.and_(clause))
        return nodes.Or(tuple(parts), span=self.since(start)) if len(parts) > 1 else parts[0]

    def and_(self, clause: Callable[[], nodes.Clause]) -> nodes.Condition:
        """Read ``and = group { "&&" group }``."""
        start, parts = self.cursor.token.span.start, [self.group(clause)]
        while self.cursor.accept(Kind.AND):
            parts.append(self.group(clause))
        return nodes.And(tuple(parts), span=self.since(start)) if len(parts) > 1 else parts[0]

    def group(self, clause: Callable[[], nodes.Clause]) -> nodes.Condition:
        """Read ``group = "(" or ")" | clause``."""
        if not self.cursor.check(Kind.GROUP):
            return clause()
        opening = self.cursor.take()
        self.groups += 1
        if self.groups > MAX_GROUPS:
            raise mistakes.too_deep(self.cursor, opening, MAX_GROUPS)
        inner = self.or_(clause)
        if not self.cursor.accept(Kind.GROUP_END):
            raise mistakes.not_closed(self.cursor, Kind.GROUP_END, opening)
        self.groups -= 1
        return replace(inner, grouped=True) if isinstance(inner, nodes.And | nodes.Or) else inner

    def operator(self) -> Operator:
        """Read ``operator = "=" | "!=" | "<" | "<=" | ">" | ">="``."""
        token = self.cursor.take()
        if token.text not in set(Operator):
            raise mistakes.no_such_operator(self.cursor, token)
        return Operator(token.text)

    def operand(self, operator: Operator) -> nodes.Operand:
        """Read ``operand = number | text | word | regex, and only a number after an ordering``."""
        token = self.cursor.token
        if token.kind is Kind.WORD and is_number(token.text):
            return self.number(self.cursor.take())
        if operator.orders:
            raise mistakes.no_number(self.cursor, operator)
        if token.kind is Kind.REGEX:
            return self.regex(self.cursor.take())
        if token.kind is Kind.TEXT:
            return _text(unquoted(token.text), self.cursor.take().span)
        if token.kind in {Kind.WORD, Kind.ELLIPSIS}:
            return self.word(operator, self.cursor.take())
        raise mistakes.no_value(self.cursor, operator)

    def number(self, token: Token) -> nodes.Number:
        """Read ``number = [ sign ] digits [ "." [ digits ] ] [ "e" [ sign ] digits ]``."""
        value = literal_value(token.text)
        if value is None:
            raise self.cursor.error("the exponent of this number needs over 32 bits", token=token)
        return nodes.Number(token.text, value, span=token.span)

    def word(self, operator: Operator, token: Token) -> nodes.Operand:
        """Read ``word = { letter | digit | "_" | "." | "*" | "-" }, but not null``."""
        if token.text.upper() == "NULL" or "+" in token.text:
            raise mistakes.no_word(self.cursor, operator, token)
        return _text(token.text, token.span)

    # --- JSON ------------------------------------------------------------------------------------

    def json(self) -> nodes.Json:
        """Read ``json = "{" or "}"``."""
        opening = self.cursor.take()
        condition = self.or_(self.condition)
        if not self.cursor.accept(Kind.BRACE_END):
            raise mistakes.not_closed(self.cursor, Kind.BRACE_END, opening)
        if not self.cursor.check(Kind.END):
            raise mistakes.not_at_end(self.cursor, Kind.BRACE_END)
        return nodes.Json(condition, span=self.since(opening.span.start))

    def condition(self) -> nodes.Clause:
        """Read ``condition = selector ( operator operand | "IS" state | "NOT" "EXISTS" )``."""
        cursor = self.cursor
        if not cursor.check(Kind.SELECTOR):
            raise mistakes.no_selector(cursor)
        token = cursor.take()
        chosen = self.selector(token)
        start = token.span.start
        if cursor.accept_word("IS"):
            state = self.state(token)
            return nodes.Is(chosen, state, span=self.since(start))
        if cursor.accept_word("NOT"):
            if not cursor.accept_word("EXISTS"):
                raise mistakes.no_exists(cursor)
            return nodes.NotExists(chosen, span=self.since(start))
        if not cursor.check(Kind.OPERATOR):
            raise mistakes.no_comparison(cursor, token)
        operator = self.operator()
        operand = self.operand(operator)
        return nodes.Comparison(chosen, operator, operand, span=self.since(start))

    def selector(self, token: Token) -> nodes.Selector:
        """Read ``selector = "$." segment { "." segment | "[" index "]" }``."""
        found = selector(self.cursor.pattern, token)
        if found.wildcard is not None:
            self.wildcards += 1
            if self.wildcards > MAX_WILDCARDS:
                raise mistakes.too_many_wildcards(self.cursor, token, MAX_WILDCARDS)
        return found

    def state(self, chosen: Token) -> State:
        """Read ``state = "NULL" | "TRUE" | "FALSE", in any case``."""
        for state in State:
            if self.cursor.accept_word(state):
                return state
        raise mistakes.no_state(self.cursor, chosen)

    # --- Space-delimited -------------------------------------------------------------------------

    def fields(self) -> nodes.Fields:
        """Read ``fields = "[" [ field { "," field } ] "]"``."""
        cursor = self.cursor
        opening = cursor.take()
        found: list[nodes.Field | nodes.Rest] = []
        if cursor.check(Kind.BRACKET_END):
            found.append(nodes.Rest(span=Span(opening.span.end, opening.span.end)))
        else:
            found.append(self.field(found))
            while cursor.accept(Kind.COMMA):
                found.append(self.field(found))
        if not cursor.accept(Kind.BRACKET_END):
            raise mistakes.not_closed(cursor, Kind.BRACKET_END, opening)
        if not cursor.check(Kind.END):
            raise mistakes.not_at_end(cursor, Kind.BRACKET_END)
        return nodes.Fields(tuple(found), span=self.since(opening.span.start))

    def field(self, before: Iterable[nodes.Field | nodes.Rest]) -> nodes.Field | nodes.Rest:
        """Read ``field = "..." | nothing | name | or``."""
        cursor, token = self.cursor, self.cursor.token
        ends = {Kind.COMMA, Kind.BRACKET_END}
        if token.kind in ends:
            return nodes.Field(None, None, span=Span(token.span.start, token.span.start))
        if cursor.accept(Kind.ELLIPSIS):
            if any(isinstance(field, nodes.Rest) for field in before):
                raise cursor.error('"..." can stand only once', token=token)
            return nodes.Rest(span=token.span)
        condition: nodes.Condition | None = None
        if cursor.ahead.kind in ends:
            name = self.name()
        else:
            condition = self.or_(self.field_condition)
            name = self.only_name(condition)
        if any(isinstance(field, nodes.Field) and field.name == name for field in before):
            raise cursor.error(f'two fields are called "{preview(name)}"', token=token)
        return nodes.Field(name, condition, span=self.since(token.span.start))

    def only_name(self, condition: nodes.Condition) -> str:
        """Give the name that all clauses of a field have."""
        names = [
            leaf for leaf in nodes.leaves(condition) if isinstance(leaf, nodes.FieldComparison)
        ]
        for other in names[1:]:
            if other.name != names[0].name:
                raise mistakes.two_names(self.cursor.pattern, names[0], other)
        return names[0].name

    def field_condition(self) -> nodes.FieldComparison:
        """Read ``condition = name [ operator operand ]; a name alone holds for any text``."""
        start = self.cursor.token.span.start
        name = self.name()
        if not self.cursor.check(Kind.OPERATOR):
            span = self.since(start)
            anything = nodes.Glob("", open_start=True, open_end=True, span=span)
            return nodes.FieldComparison(name, Operator.EQUAL, anything, span=span)
        operator = self.operator()
        operand = self.operand(operator)
        return nodes.FieldComparison(name, operator, operand, span=self.since(start))

    def name(self) -> str:
        """Read ``name = ( letter | "_" ) { letter | digit | "_" }``."""
        token = self.cursor.token
        if token.kind is not Kind.WORD or not _NAME.fullmatch(token.text):
            raise mistakes.no_name(self.cursor)
        return self.cursor.take().text


def _text(text: str, span: Span) -> nodes.Text | nodes.Glob:
    """Make a text, or a glob where "*" stands at its start or end; elsewhere it is literal."""
    open_start, open_end = text.startswith("*"), text.endswith("*")
    if not open_start and not open_end:
        return nodes.Text(text, span=span)
    inner = text[1:] if open_start else text
    return nodes.Glob(
        inner.removesuffix("*") if open_end else inner, open_start, open_end, span=span
    )
