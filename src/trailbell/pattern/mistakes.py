"""Word what is wrong with a pattern: what was expected, what was found, what was probably meant."""

from __future__ import annotations

import re

from trailbell.errors import PatternSyntaxError
from trailbell.pattern.lexer import Cursor, Kind, Token
from trailbell.pattern.nodes import FieldComparison, Operator
from trailbell.pattern.number import is_number
from trailbell.pattern.preview import preview

_WORD = re.compile(r"[^\W\d]\w*")
_VALUE = re.compile(r'(?:\[[^\s\]]*\]|[^\s"%,)}\]&|])+')
_ONE_REGEX = "join alternatives inside one regex: %ERROR|WARN%"
_JOINTS = {"AND": "&&", "OR": "||", "&": "&&", "|": "||"}
_OTHER_QUOTES = frozenset("'`\u2018\u2019\u201c\u201d")
_USUAL_OPERATORS = {"==": "=", "===": "=", "=>": ">=", "=<": "<=", "<>": "!=", "!==": "!="}


# --- Limits --------------------------------------------------------------------------------------


def too_many_regexes(cursor: Cursor, token: Token, limit: int) -> PatternSyntaxError:
    """Refuse one more regex."""
    reason = f"a pattern can hold {limit} regexes, this is one more"
    return cursor.error(reason, _ONE_REGEX, token=token)


def too_many_wildcards(cursor: Cursor, token: Token, limit: int) -> PatternSyntaxError:
    """Refuse one more selector with a wildcard."""
    reason = f"a pattern can hold {limit} selectors with a wildcard, this is one more"
    return cursor.error(reason, "name the index or the field, or make two patterns", token=token)


def too_deep(cursor: Cursor, token: Token, limit: int) -> PatternSyntaxError:
    """Refuse one more level of parentheses."""
    reason = f"groups can stand in one another {limit} deep, this one is deeper"
    return cursor.error(reason, "remove needless parentheses", token=token)


# --- Ends ----------------------------------------------------------------------------------------


def regex_not_alone(cursor: Cursor) -> PatternSyntaxError:
    """Refuse what follows a regex that is the whole pattern."""
    return cursor.error("a regex stands alone: nothing can follow its second %", _ONE_REGEX)


def not_at_end(cursor: Cursor, closing: Kind) -> PatternSyntaxError:
    """Refuse what follows the end of a pattern."""
    reason = f"expected the end of the pattern after {closing}, found {cursor.token.shown}"
    hint = "one pair of braces holds all conditions"
    if closing is Kind.BRACKET_END:
        hint = "one pair of brackets holds all fields"
    return cursor.error(reason, hint)


def not_closed(cursor: Cursor, closing: Kind, opening: Token) -> PatternSyntaxError:
    """Say what stands where a clause must be followed by another, or by the end."""
    token, before = cursor.token, cursor.last
    if joint := _JOINTS.get(token.text.upper()):
        return cursor.error(f"there is no operator {token.shown}", f'write "{joint}"')
    if token.kind is Kind.GROUP_END:
        return cursor.error('this ")" closes no group', 'remove it, or write the "(" it closes')
    in_group = closing is Kind.GROUP_END
    ends = {Kind.BRACE_END, Kind.BRACKET_END, Kind.END}
    if token.kind in ends or (in_group and token.kind is Kind.COMMA):
        what = "group" if in_group else "pattern"
        reason = f"expected {closing} to close this {what}, found {token.shown}"
        return cursor.error(reason, since=opening.span.start)
    touches = token.span.start == before.span.end
    if before.kind is Kind.WORD and touches and token.kind in {Kind.OTHER, Kind.BRACKET}:
        whole = _VALUE.match(cursor.pattern, before.span.start)
        written = whole[0] if whole else before.text
        return cursor.error(
            f"a value without quotes cannot hold {token.shown}", f'write "{preview(written)}"'
        )
    between = '","' if closing is Kind.BRACKET_END else '"&&", "||"'
    reason = f"expected {between} or {closing}, found {token.shown}"
    return cursor.error(reason, _between_hint(cursor, closing))


def _between_hint(cursor: Cursor, closing: Kind) -> str | None:
    """Say what was probably meant by what stands where a clause must end."""
    token, before = cursor.token, cursor.last
    if token.kind is Kind.COMMA:
        return 'conditions are joined by "&&" and "||"'
    if before.kind is Kind.TEXT and before.span.end == token.span.start:
        return 'write \\" for a quote inside a text'
    if token.kind is not Kind.WORD or before.kind is not Kind.WORD:
        return None
    if closing is not Kind.BRACKET_END:
        return f'a value with spaces takes quotes: "{before.brief} {token.brief}"'
    if cursor.says("IS") or cursor.says("NOT"):
        return "IS and NOT EXISTS belong to JSON patterns, in braces"
    return 'fields are separated by ",", and a value with spaces takes quotes'


# --- Conditions ----------------------------------------------------------------------------------


def no_selector(cursor: Cursor) -> PatternSyntaxError:
    """Say what stands where a selector must."""
    token, hint = cursor.token, None
    if token.text == "!" or cursor.says("NOT"):
        hint = "there is no negation: write != or NOT EXISTS in each condition"
    elif token.kind in {Kind.WORD, Kind.TEXT} and cursor.last.kind in {Kind.AND, Kind.OR}:
        hint = f"every condition names its field: write $.name = {token.brief}"
    elif token.kind is Kind.WORD and _WORD.fullmatch(token.text):
        hint = f"write $.{token.brief}"
    elif token.kind is Kind.WORD:
        hint = "the selector stands on the left: $.name = 1"
    elif token.kind is Kind.TEXT:
        hint = "a selector takes no quotes: $.name, or $.['a name']"
    return cursor.error(f"expected a selector such as $.name, found {token.shown}", hint)


def no_comparison(cursor: Cursor, chosen: Token) -> PatternSyntaxError:
    """Say what stands after a selector where a comparison must."""
    token, hint = cursor.token, None
    if token.text == ":":
        hint = f"write {chosen.brief} = 1 to compare, or $.['a:b'] for a name of that kind"
    elif token.kind is Kind.WORD and cursor.ahead.kind is Kind.OPERATOR:
        hint = "a name with a space is written $.['a name']"
    elif token.kind is Kind.OTHER and token.span.start == chosen.span.end:
        hint = "a name of other characters than letters, digits, _ and - is written $.['a name']"
        return cursor.error(f"the name of a field cannot hold {token.shown}", hint)
    elif cursor.says("EXISTS"):
        hint = f"write {chosen.brief} = * for any text or number"
    elif token.kind in {Kind.BRACE_END, Kind.GROUP_END, Kind.AND, Kind.OR}:
        hint = (
            f"write {chosen.brief} IS TRUE for a boolean, {chosen.brief} = * for a text or number"
        )
    reason = f"expected a comparison, IS or NOT EXISTS after {chosen.brief}, found {token.shown}"
    return cursor.error(reason, hint)


def no_such_operator(cursor: Cursor, token: Token) -> PatternSyntaxError:
    """Say which operators there are."""
    hint = "the operators are = != < <= > >="
    if meant := _USUAL_OPERATORS.get(token.text):
        hint = f'write "{meant}"'
    elif "~" in token.text:
        hint = "write = %regex%"
    return cursor.error(f"there is no operator {token.shown}", hint, token=token)


def no_state(cursor: Cursor, chosen: Token) -> PatternSyntaxError:
    """Say what stands after IS."""
    hint = None
    if cursor.says("NOT") or cursor.says("EXISTS"):
        hint = f"write {chosen.brief} = * for any text or number"
    reason = f'expected NULL, TRUE or FALSE after "IS", found {cursor.token.shown}'
    return cursor.error(reason, hint)


def no_exists(cursor: Cursor) -> PatternSyntaxError:
    """Say what stands after NOT."""
    return cursor.error(f'expected EXISTS after "NOT", found {cursor.token.shown}')


# --- Operands ------------------------------------------------------------------------------------


def no_value(cursor: Cursor, operator: Operator) -> PatternSyntaxError:
    """Say what stands where a value must."""
    hint = None
    if cursor.token.text in _OTHER_QUOTES:
        hint = 'a text stands in straight double quotes: "text"'
    elif cursor.check(Kind.OTHER):
        hint = "put the value in quotes"
    elif cursor.check(Kind.OPERATOR):
        hint = "an operator has no spaces in it"
    reason = f'expected a value after "{operator}", found {cursor.token.shown}'
    return cursor.error(reason, hint)


def no_number(cursor: Cursor, operator: Operator) -> PatternSyntaxError:
    """Say what stands where a number must."""
    token = cursor.token
    hint = "only numbers have an order: text is compared with = and !="
    bare = token.text[1:-1]
    if token.kind is Kind.OPERATOR:
        hint = "an operator has no spaces in it"
    elif token.kind is Kind.TEXT and is_number(bare):
        hint = f"write {preview(bare)} without quotes"
    elif token.kind is Kind.REGEX or (bare.startswith("%") and bare.endswith("%")):
        hint = "a regex stands without quotes, after = or !="
    return cursor.error(f'expected a number after "{operator}", found {token.shown}', hint)


def no_word(cursor: Cursor, operator: Operator, token: Token) -> PatternSyntaxError:
    """Say why a word is no value without quotes."""
    if "+" in token.text:
        reason = 'a value without quotes cannot hold "+"'
        return cursor.error(reason, f'write "{token.brief}"', token=token)
    meant = "IS NULL" if operator is Operator.EQUAL else "= * for any text or number"
    hint = f'write {meant}, or "{token.text}" for the text'
    return cursor.error(f"{token.text} is not a value", hint, token=token)


# --- Fields --------------------------------------------------------------------------------------


def no_name(cursor: Cursor) -> PatternSyntaxError:
    """Say what stands where the name of a field must."""
    token, hint = cursor.token, None
    if token.kind is Kind.SELECTOR:
        hint = "fields have plain names; selectors belong to JSON patterns, in braces"
    elif token.kind in {Kind.WORD, Kind.OTHER}:
        hint = "a name holds letters, digits and _, and begins with no digit"
    return cursor.error(f"expected the name of a field, found {token.shown}", hint)


def two_names(pattern: str, own: FieldComparison, other: FieldComparison) -> PatternSyntaxError:
    """Refuse a condition on another field than its own."""
    start = other.span.start
    expected, found = preview(own.name), preview(other.name)
    reason = f'the conditions of one field are all on it: expected "{expected}", found "{found}"'
    hint = 'separate fields with ","'
    return PatternSyntaxError(pattern, start, start + len(other.name), reason, hint)
