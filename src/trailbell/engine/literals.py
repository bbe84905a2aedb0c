r"""Choose the bytes to look for: a run of characters that stands the same in every encoding.

A message stands in a payload as a JSON string, and a value in a message as another. So what a
pattern looks for may be escaped once or twice. Only runs of characters that no writer needs to
escape are looked for; where one is escaped without need (``\u0041``), ESCAPE finds that.
"""

from __future__ import annotations

import enum
import re
from functools import cache

from trailbell.pattern.requires import Literal, Need, NumberToken

# Printable ASCII, but for what JSON escapes (quote and backslash, and the slash if it likes) and
# what writers escape that keep JSON safe within HTML.
_PLAIN_RUN = re.compile(r"[ !#-%(-.0-;?-\[\]-~]+")
_SHORTEST = 3
_LONGEST = 32


class Level(enum.IntEnum):
    """Say how often a message is encoded in the bytes that are scanned."""

    PLAIN = 0
    """The message itself: a line, or a record of a trail file."""
    PAYLOAD = 1
    """A JSON string, in the payload of a subscription."""


ESCAPE = b"\\u00"
"""What stands before two digits wherever a character of ASCII is escaped by its number."""

_NEVER_NEEDED = {*range(0x20, 0x7F), *b"\t\n\v\f\r"} - set(b"&'/<=>")
ESCAPED = frozenset(
    digits.encode() for code in _NEVER_NEEDED for digits in (f"{code:02x}", f"{code:02X}")
)
"""The two digits where that is a character of a run, a blank, a quote or a backslash."""


# What many of a trail's records hold. A text that is not here is taken to be the rarer the longer
# it is.
_COMMON = re.compile(
    r"""
    [a-z0-9.-]*amazonaws\.com | [a-z]{2}(-[a-z]+)+-[0-9] | Aws[A-Za-z]+
    | Root | IAMUser | AssumedRole | AWSService | AWSAccount | Role | true | false
    | Management | Client | Server | Success | AccessDenied | (?:arn|aws|assumed-role)\b.*
    """,
    re.VERBOSE,
)


_COMMON_SHARE = 0.5
_NUMBER_SHARE = 0.6
_KEY_SHARE = 0.8
_NOTHING = 1e6


@cache
def weigh(need: Need) -> float:
    """Estimate the share of messages that hold what is looked for; more than 1 is for nothing."""
    if isinstance(need, NumberToken):
        return _NUMBER_SHARE
    run = run_of(need)
    if run is None:
        return _NOTHING
    if need.key:
        return _KEY_SHARE - len(run) / 1000
    common = _COMMON.fullmatch(run.strip('"')) is not None
    return 0.5 ** min(len(run), 12) + (_COMMON_SHARE if common else 0.0)


def run_of(literal: Literal) -> str | None:
    """Give the run of a literal that is looked for, with the quotes that stand next to it.

    None where all runs are too short to be of use.
    """
    best = ""
    for match in _PLAIN_RUN.finditer(literal.text):
        run = match[0][:_LONGEST]
        if literal.opens and match.start() == 0:
            run = f'"{run}'
        if literal.closes and match.end() == len(literal.text) and len(match[0]) <= _LONGEST:
            run = f'{run}"'
        best = max(best, run, key=len)
    return best if len(best) >= _SHORTEST else None


def encoded(run: str, level: Level) -> bytes:
    """Write a run as it stands in the bytes."""
    return (run.replace('"', '\\"') if level is Level.PAYLOAD else run).encode("ascii")
