"""Read selectors: ``$.name``, ``$.['quoted key']``, ``$.list[0]``, ``$.list[*]``, ``$.map.*``."""

from __future__ import annotations

import re

from trailbell.errors import PatternSyntaxError
from trailbell.pattern.lexer import Token
from trailbell.pattern.nodes import Segment, Selector, Span, Wildcard
from trailbell.pattern.preview import preview

_ODD_NAME = "a name of other characters than letters, digits, _ and - is written ['a name']"

_STEP = re.compile(
    r"""
    \[' (?P<key> .*? ) '\]
    | \[ (?P<index> [0-9]+ ) \]
    | (?P<every> \[\*\] )
    | \. (?: (?P<any> \* (?! [\w*-] ) ) | (?P<name> [\w-]+ ) | \[' (?P<dotted> .*? ) '\] )
    """,
    re.VERBOSE | re.DOTALL,
)


def selector(pattern: str, token: Token) -> Selector:
    """Read ``selector = "$." step { "." step | "[" digits "]" | "[*]" | "['" key "']" }``.

    Raises PatternSyntaxError where the token is no selector.
    """
    start, end = token.span
    at = start + 1
    segments: list[Segment] = []
    while at < end:
        match = _STEP.match(pattern, at, end)
        if match is None or (not segments and not pattern.startswith(".", at)):
            raise _not_a_step(pattern, at, token)
        segment = _segment(match)
        if segment is Wildcard.ANY and Wildcard.ANY in segments:
            raise PatternSyntaxError(
                pattern,
                start,
                match.end(),
                "a selector can hold only one wildcard, found a second",
                "name the index or the field in one of the two places",
            )
        segments.append(segment)
        at = match.end()
    if not segments:
        raise _not_a_step(pattern, at, token)
    return Selector(tuple(segments), span=Span(start, end))


def _segment(match: re.Match[str]) -> Segment:
    """Give the segment that a step stands for."""
    if match["every"] or match["any"]:
        return Wildcard.ANY
    if match["index"]:
        return int(match["index"])
    return next(match[group] for group in ("key", "name", "dotted") if match[group] is not None)


def _not_a_step(pattern: str, at: int, token: Token) -> PatternSyntaxError:
    """Say what is wrong with a selector from ``at`` on."""
    start, end = token.span
    rest = preview(pattern[at:end])
    if at == start + 1 and not rest.startswith("."):
        hint = "write $.name" if re.match(r"\[[^']|$", rest) else f"write $.{rest}"
        reason = 'expected "." and the name of a field after "$"'
        return PatternSyntaxError(pattern, start, end, reason, hint)
    reason, hint = "expected the name of a field, an index or a wildcard here", _ODD_NAME
    if rest == ".":
        reason = 'expected the name of a field after "."'
    elif rest.startswith(('.["', '["')):
        key = rest.strip(".[\"']")
        reason, hint = "a quoted key takes single quotes", f"write ['{key}']"
    elif rest.startswith("[-"):
        reason, hint = "an index counts from 0 and cannot be negative", "name the index from 0"
    elif rest.startswith(".["):
        reason, hint = "an index follows a name without a dot", "write name[0]"
    elif rest.startswith("["):
        reason = "expected an index, a wildcard or a quoted key in these brackets"
        hint = "write [0], [*] or ['key']"
    return PatternSyntaxError(pattern, at, end, reason, hint)
