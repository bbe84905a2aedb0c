"""A message to be matched: its text, and on demand its JSON object and its tokens."""

from __future__ import annotations

import re
from functools import cached_property

from trailbell.pattern.document import Value, decode
from trailbell.pattern.lexer import WHITESPACE

# Quotes and brackets hold together what stands in them, any other token ends at whitespace.
_OPENING = ('"', "[")
_QUOTED, _BRACKETED, _PLAIN = r'"([^"]*)"', r"\[([^\]]*)\]", rf"([^{WHITESPACE}]+)"
_TOKEN = re.compile(f"{_QUOTED}|{_BRACKETED}|{_PLAIN}")
_TOKEN_PAST_BRACKETS = re.compile(f"{_QUOTED}|{_PLAIN}")


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
    plainly = _split_at_blanks(text)
    if plainly is not None:
        return plainly
    found, at = [], 0
    last_closer = text.rfind("]")
    # A bracket that is not closed is an ordinary character. Looking for its end from each of them
    # would take quadratic time, so past the last "]" none is looked for.
    for token in (_TOKEN, _TOKEN_PAST_BRACKETS):
        for match in token.finditer(text, at):
            if match.start() > last_closer and token is _TOKEN:
                break
            found.append((match[match.lastindex or 0], match.start()))
            at = match.end()
    return found


_OTHER_SPACES = tuple(WHITESPACE.replace(" ", ""))


def _split_at_blanks(text: str) -> list[tuple[str, int]] | None:
    """Split a text in which blanks alone part the tokens, as in most logs; None for any other."""
    if any(space in text for space in _OTHER_SPACES):
        return None
    found, at = [], 0
    for piece in text.split(" "):
        if piece:
            if piece[0] in _OPENING:
                return None
            found.append((piece, at))
        at += len(piece) + 1
    return found
