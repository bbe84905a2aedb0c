"""A message to be matched: its text, and on demand its JSON object and its tokens."""

from __future__ import annotations

import re
from functools import cached_property

from trailbell.pattern.document import Value, decode
from trailbell.pattern.lexer import WHITESPACE

_BLANKS = re.compile(rf"[{WHITESPACE}]*+")
_PLAIN = re.compile(rf"[^{WHITESPACE}]++")
_CLOSER = {'"': '"', "[": "]"}


class Message:
    """Read a message once for many patterns.

    ``content`` is text, or bytes in UTF-8, of which the ill-formed are replaced with U+FFFD. What
    the message is read as is kept, so matching a hundred patterns reads it as JSON at most once.
    """

    def __init__(self, content: str | bytes) -> None:
        self.text = content if isinstance(content, str) else content.decode(errors="replace")

    @cached_property
    def document(self) -> dict[str, Value] | None:
        """Give the message as a JSON object, None where it is none."""
        return decode(self.text)

    @cached_property
    def tokens(self) -> list[tuple[str, int]]:
        """Give the tokens of the message, each with the offset at which it begins."""
        return split(self.text)


def split(text: str) -> list[tuple[str, int]]:
    """Split a text at whitespace, keeping together what stands in quotes or brackets.

    Each token, without its quotes or brackets, comes with the offset at which it begins, quotes
    and brackets included. Time is linear in the length of the text.
    """
    found = []
    # A bracket that is not closed is an ordinary character. Looking for its end from each of them
    # would take quadratic time, so what lies past the last closer is known beforehand.
    last = {opener: text.rfind(closer) for opener, closer in _CLOSER.items()}
    at = _after(_BLANKS, text, 0)
    while at < len(text):
        closer = _CLOSER.get(text[at])
        if closer and last[text[at]] > at:
            end = text.index(closer, at + 1)
            found.append((text[at + 1 : end], at))
            end += 1
        else:
            end = _after(_PLAIN, text, at)
            found.append((text[at:end], at))
        at = _after(_BLANKS, text, end)
    return found


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Give the offset at which a pattern stops matching."""
    match = pattern.match(text, at)
    return match.end() if match else at
