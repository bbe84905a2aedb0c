"""Values in messages and errors: one line, limited in length, harmless to print."""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, what turns the direction of text, what nobody
# sees, and halves of surrogate pairs, which no encoding has: an attacker who chooses a user agent
# chooses what a terminal or a reader makes of it.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What a value that people are shown never holds."""

_BUT_LINES = re.compile(UNPRINTABLE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def preview(value: object, longest: int = 80) -> str:
    """Return a value on one line, text in quotes, cut to ``longest`` characters."""
    if isinstance(value, str):
        return f'"{one_line(value, longest)}"'
    try:
        return one_line(str(value), longest)
    except ValueError:
        # Python refuses to write whole numbers of more than 4,300 digits.
        return "a number of thousands of digits"


def one_line(text: str, longest: int) -> str:
    """Return a text on one line: no control character, cut to ``longest`` characters."""
    # Only what can be shown is looked at: a message may be a megabyte long.
    clean = UNPRINTABLE.sub(" ", text[: longest * 4])
    clean = " ".join(clean.split())
    cut = len(text) > longest * 4 or len(clean) > longest
    return clean[: longest - 1].rstrip() + "…" if cut else clean


def lowered(text: str) -> str:
    """Return somebody else's message as a clause: its first letter in lower case."""
    return text[:1].lower() + text[1:]


def printable(text: str) -> str:
    """Return a text of several lines without control characters, tabs and line ends aside.

    What is taken out leaves U+FFFD, so that a reader sees that something stood there.
    """
    return _BUT_LINES.sub("\ufffd", text.replace("\r\n", "\n"))
