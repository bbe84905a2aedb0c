"""Find where JSON values begin and end, without parsing them.

For what the fast decoder refuses: JSON that is cut off, several objects one after another, and
files of which one record is bad. Nothing here recurses, so no depth of nesting can hurt. It finds
borders alone: whether a value is JSON must still be asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from trailbell.errors import UnreadableError
from trailbell.payload import parse_json

# Strings with what stands between them, opening brackets, closing brackets: in runs, since a file
# may be sixty megabytes of one bracket.
_TOKEN = re.compile(
    rb'(?:"(?:[^"\\]++|\\.)*+"?[^"{}\[\]]*+)++|(?P<opening>[{\[]++)|(?P<closing>[}\]]++)', re.DOTALL
)
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,:\"{}\[\]]+")
_SPACE = re.compile(rb"[ \t\r\n]*")


class Span(NamedTuple):
    """Hold where a value begins and ends, in bytes."""

    start: int
    end: int


class UnfinishedError(UnreadableError):
    """Say that JSON breaks off: more bytes could make it whole."""


def skip_space(data: bytes, start: int) -> int:
    """Return the offset of the next byte that is no JSON white space."""
    match = _SPACE.match(data, start)
    return match.end() if match else start


def value(data: bytes, start: int) -> Span:
    """Find the end of the value that begins at an offset. Raises UnreadableError."""
    if data[start : start + 1] in (b"{", b"["):
        return _brackets(data, start)
    match = (_STRING if data[start : start + 1] == b'"' else _SCALAR).match(data, start)
    if match is None:
        raise _broken(data, start)
    return Span(start, match.end())


def _brackets(data: bytes, start: int) -> Span:
    depth = 0
    for token in _TOKEN.finditer(data, start):
        first, last = token.span()
        match token.lastgroup:
            case "opening":
                depth += last - first
            case "closing":
                if depth <= last - first:
                    return Span(start, first + depth)
                depth -= last - first
    raise _broken(data, len(data))


def objects(data: bytes) -> Iterator[Span]:
    """Find objects that stand one after another, white space or nothing between them.

    Raises UnreadableError at the first spot where no complete object stands.
    """
    start = skip_space(data, 0)
    while start < len(data):
        if data[start : start + 1] != b"{":
            raise _broken(data, start)
        span = _brackets(data, start)
        yield span
        start = skip_space(data, span.end)


def members(data: bytes, start: int) -> Iterator[tuple[str, int]]:
    """Find the keys of the object that begins at an offset, and where their values begin.

    A key is given before the end of its value is looked for, so that a value which breaks off
    can still be read in part. Raises UnreadableError where the object is not whole.
    """
    at = skip_space(data, start + 1)
    if data[at : at + 1] == b"}":
        return
    while True:
        match = _STRING.match(data, at)
        if match is None:
            raise _broken(data, at)
        key = parse_json(match.group().decode("utf-8", "replace"))
        at = _expect(data, match.end(), b":")
        yield str(key), at
        at = skip_space(data, value(data, at).end)
        if data[at : at + 1] == b"}":
            return
        at = _expect(data, at, b",")


def elements(data: bytes, start: int) -> Iterator[Span]:
    """Find the elements of the array that begins at an offset. Raises UnreadableError."""
    at = skip_space(data, start + 1)
    if data[at : at + 1] == b"]":
        return
    while True:
        span = value(data, at)
        yield span
        at = skip_space(data, span.end)
        if data[at : at + 1] == b"]":
            return
        at = _expect(data, at, b",")


def _expect(data: bytes, at: int, mark: bytes) -> int:
    at = skip_space(data, at)
    if data[at : at + 1] != mark:
        raise _broken(data, at)
    return skip_space(data, at + 1)


def deeper(data: bytes, limit: int) -> bool:
    """Tell whether JSON is nested deeper than a limit."""
    # So few brackets cannot be nested deeper. This settles nearly every record.
    if data.count(b"{") + data.count(b"[") <= limit:
        return False
    depth = 0
    for token in _TOKEN.finditer(data):
        first, last = token.span()
        match token.lastgroup:
            case "opening":
                depth += last - first
            case "closing":
                depth -= last - first
        if depth > limit:
            return True
    return False


def _broken(data: bytes, at: int) -> UnreadableError:
    if skip_space(data, at) >= len(data):
        return UnfinishedError(f"is not JSON: it breaks off after {len(data):,} bytes")
    return UnreadableError(f"is not JSON from byte {at:,} on")
