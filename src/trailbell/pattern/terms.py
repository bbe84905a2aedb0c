"""Read unstructured patterns: terms and quoted phrases, excluded with "-", optional with "?"."""

from __future__ import annotations

import re

from trailbell.errors import PatternSyntaxError
from trailbell.pattern.lexer import WHITESPACE, unquoted
from trailbell.pattern.nodes import Sign, Span, Term, Terms
from trailbell.pattern.preview import preview

# A blank may stand after "-", not after "?".
_TERM = re.compile(
    rf"""
    (?: (?P<minus> - [{WHITESPACE}]* ) | (?P<question> \? ) )?
    (?: (?P<phrase> "(?:[^"\\]|\\.)*+" ) | (?P<bare> [\w.]+ ) )
    """,
    re.VERBOSE | re.DOTALL,
)
_SIGNS = "-?"
_OPERATORS = {
    "&&": "leave it out: all terms must occur, unless they begin with ?",
    "||": "begin each term with ? to look for any of them: ?ERROR ?WARN",
    "=": "conditions stand in braces and name their field with $.: { $.name = value }",
}


def terms(pattern: str, start: int, end: int) -> Terms:
    """Read ``terms = { [ "-" | "?" ] ( word | phrase ) }``.

    Raises PatternSyntaxError where ``pattern[start:end]`` is something else.
    """
    found: list[Term] = []
    at = start
    while at < end:
        match = _TERM.match(pattern, at, end)
        if match is None:
            raise _not_a_term(pattern, at, end)
        found.append(_term(pattern, match))
        at = match.end()
        if at < end and pattern[at] not in WHITESPACE + _SIGNS:
            raise _not_separated(pattern, match, end)
        while at < end and pattern[at] in WHITESPACE:
            at += 1
    return Terms(tuple(found), span=Span(start, end))


def _term(pattern: str, match: re.Match[str]) -> Term:
    """Make the term that was read."""
    sign = Sign.REQUIRED
    if match["minus"]:
        sign = Sign.EXCLUDED
    elif match["question"]:
        sign = Sign.OPTIONAL
    text = match["bare"] or unquoted(match["phrase"])
    if not text:
        raise PatternSyntaxError(
            pattern,
            *match.span("phrase"),
            "a quoted phrase cannot be empty",
            "an empty pattern, without quotes, matches every event",
        )
    return Term(sign, text, span=Span(*match.span()))


def _not_separated(pattern: str, term: re.Match[str], end: int) -> PatternSyntaxError:
    """Say that a term goes on with a character that it cannot hold."""
    at = term.end()
    if term["phrase"] or pattern[at] == '"':
        return PatternSyntaxError(pattern, at, at + 1, "expected a space between two terms")
    return _not_a_term(pattern, at, end, since=term.start("bare"))


def _not_a_term(pattern: str, at: int, end: int, since: int | None = None) -> PatternSyntaxError:
    """Say what stands where a term must; ``since`` is where the word began."""
    sign = pattern[at]
    if sign in _SIGNS:
        return _nothing_after(pattern, at, end)
    if sign == '"':
        hint = 'write \\" for a quote inside a phrase'
        return PatternSyntaxError(pattern, at, end, "this quote is not closed", hint)
    if sign == "%":
        return PatternSyntaxError(
            pattern,
            at,
            at + 1,
            "a regex stands alone: it cannot be mixed with terms",
            "join alternatives inside one regex: %ERROR|WARN%",
        )
    start = at if since is None else since
    run = re.compile(rf'[^{WHITESPACE}"]*').match(pattern, start, end)
    word = preview(run[0] if run else sign)
    hint = f'put it in quotes: "{word}"'
    if word in _OPERATORS:
        hint = _OPERATORS[word]
    elif sign == "*":
        hint = f"a term is found anywhere, also inside words: write {word.replace('*', '')}"
    elif word.startswith("$."):
        hint = f"a pattern for JSON stands in braces: {{ {preview(pattern[start:end])} }}"
    reason = f'a term without quotes cannot hold "{preview(sign)}"'
    return PatternSyntaxError(pattern, at, at + 1, reason, hint)


def _nothing_after(pattern: str, at: int, end: int) -> PatternSyntaxError:
    """Say what is wrong after a "-" or a "?" that begins no term."""
    sign = pattern[at]
    after = at + 1
    while after < end and pattern[after] in WHITESPACE and sign == "-":
        after += 1
    if after < end and pattern[after] not in WHITESPACE + _SIGNS:
        return _not_a_term(pattern, after, end)
    found = "a space" if pattern[after : after + 1] in WHITESPACE else f'"{pattern[after]}"'
    if after >= end:
        found = "the end of the pattern"
    hint = 'put "-" and "?" in quotes to look for them'
    if found == "a space":
        hint = f'no space can stand after "{sign}"'
    return PatternSyntaxError(
        pattern, at, after, f'expected a term after "{sign}", found {found}', hint
    )
