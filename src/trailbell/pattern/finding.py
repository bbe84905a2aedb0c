"""What lint finds, and how it rewrites patterns."""

from __future__ import annotations

import re

import msgspec

from trailbell.errors import PatternSyntaxError
from trailbell.pattern import nodes
from trailbell.pattern.parser import parse

_NO_ANCHORS = re.compile(r"\\.|\[\^?\]?[^\]]*\]")


class Finding(msgspec.Struct, frozen=True):
    """Say what is doubtful in a pattern, where, why, and what was probably meant.

    ``code`` names the kind of doubt; ``start`` and ``end`` are offsets in characters into the
    pattern; ``suggestion`` is a whole pattern, or None where the language has none to offer.
    """

    code: str
    start: int
    end: int
    reason: str
    suggestion: str | None = None


def written(pattern: str, node: nodes.Node) -> str:
    """Give a part as the pattern writes it, in parentheses where it joins others."""
    text = pattern[node.span.start : node.span.end]
    return f"({text})" if isinstance(node, nodes.And | nodes.Or) else text


def rewritten(pattern: str, span: nodes.Span, text: str) -> str | None:
    """Give a pattern with a part replaced, None where that is not legal."""
    return legal(pattern[: span.start] + text + pattern[span.end :])


def legal(pattern: str) -> str | None:
    """Give a pattern if it is legal."""
    try:
        parse(pattern)
    except PatternSyntaxError:
        return None
    return pattern


def grouped(pattern: str, span: nodes.Span, text: str) -> str:
    """Put a text in parentheses, unless what it replaces stands between signs that do the same."""
    before, after = pattern[: span.start].rstrip(), pattern[span.end :].lstrip()
    enclosed = before.endswith(("(", "{", "[", ",")) and after.startswith((")", "}", "]", ","))
    return text if enclosed else f"({text})"


def operand_finding(
    pattern: str, clause: nodes.Comparison | nodes.FieldComparison
) -> Finding | None:
    """Find a "*" inside a text, a regex in quotes, a regex that fits everything."""
    operand = clause.operand
    if isinstance(operand, nodes.Regex):
        return regex_finding(operand)
    if isinstance(operand, nodes.Number):
        return None
    if "*" in operand.text:
        regex = _as_regex(operand)
        return Finding(
            "inner-wildcard",
            *operand.span,
            '"*" stands for any text only at the start and at the end of a value; '
            "inside it is the character itself",
            rewritten(pattern, operand.span, regex) if regex else None,
        )
    if len(operand.text) > 2 and operand.text[0] == operand.text[-1] == "%":  # noqa: PLR2004 - two signs and a body
        return Finding(
            "quoted-regex",
            *operand.span,
            "in quotes the percent signs are characters of the text, not the signs of a regex",
            rewritten(pattern, operand.span, operand.text),
        )
    return None


def regex_finding(regex: nodes.Regex) -> Finding | None:
    """Find a regex that fits every text, since it fits the empty one anywhere."""
    if not regex.search("") or set("^$") & set(_NO_ANCHORS.sub("", regex.body)):
        return None
    reason = "this regex can match nothing at all, so every text has a match of it"
    return Finding("always-holds", *regex.span, reason)


def _as_regex(operand: nodes.Text | nodes.Glob) -> str | None:
    """Write a text with "*" inside as a regex that takes each "*" for any text."""
    if not operand.text.isascii():
        return None
    parts = (
        "".join(
            sign if sign.isalnum() or sign in " _#=@/;,:-" else f"\\x{ord(sign):02x}"
            for sign in part
        )
        for part in operand.text.split("*")
    )
    body = ".*".join(parts).replace("\\x2e", "\\.")
    start = "" if isinstance(operand, nodes.Glob) and operand.open_start else "^"
    end = "" if isinstance(operand, nodes.Glob) and operand.open_end else "$"
    return f"%{start}{body}{end}%"
