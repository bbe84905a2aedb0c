"""Cut JSON patterns and space-delimited patterns into tokens, each with its place in the text."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

from trailbell.errors import PatternSyntaxError
from trailbell.pattern.nodes import Span
from trailbell.pattern.preview import preview

WHITESPACE = " \t\n\r\f\v"
"""What may stand between the parts of a pattern, and between the tokens of a message."""


class Kind(enum.StrEnum):
    """Name the kinds of tokens in the words that errors use."""

    SELECTOR = "a selector"
    WORD = "a word"
    TEXT = "a quoted text"
    REGEX = "a regex"
    OPERATOR = "a comparison"
    AND = '"&&"'
    OR = '"||"'
    COMMA = '","'
    ELLIPSIS = '"..."'
    GROUP = '"("'
    GROUP_END = '")"'
    BRACE = '"{"'
    BRACE_END = '"}"'
    BRACKET = '"["'
    BRACKET_END = '"]"'
    OTHER = "a character"
    END = "the end of the pattern"


class Token(NamedTuple):
    """Hold a piece of a pattern: its kind, its text as written, and its place."""

    kind: Kind
    text: str
    span: Span

    @property
    def shown(self) -> str:
        """Show the token in an error."""
        if self.kind is Kind.END:
            return self.kind
        if self.kind in {Kind.TEXT, Kind.REGEX}:
            return f"{self.kind} {self.brief}"
        return f'"{self.brief}"'

    @property
    def brief(self) -> str:
        """Give the text of the token for a hint: short, and printable."""
        return preview(self.text, 40)


# A name goes on while it can, so that a misplaced character is told where it stands. A quoted key
# runs to the first "']", other brackets hold neither blanks nor operators.
_TOKENS = re.compile(
    r"""
    (?P<TEXT> "(?:[^"\\]|\\.)*+" )
    | (?P<REGEX> %[^%]*% )
    | (?P<SELECTOR> \$ (?: \['.*?'\] | \["[^"]*"\] | \[[^\]\s=<>&|]*\]? | [\w.*-] )* )
    | (?P<OPERATOR> [=!<>~]+ )
    | (?P<JOINT> [&|]+ )
    | (?P<WORD> [\w.*+-]+ )
    | (?P<SIGN> [,(){}\[\]] )
    | (?P<OTHER> . )
    """,
    re.VERBOSE | re.DOTALL,
)

_BY_TEXT = {kind.strip('"'): kind for kind in Kind if kind.startswith('"')}


def tokens(pattern: str, start: int, end: int) -> list[Token]:
    """Cut ``pattern[start:end]`` into tokens, with an END after the last.

    Raises PatternSyntaxError where a quoted text or a regex is not closed.
    """
    found = []
    for match in _TOKENS.finditer(pattern, start, end):
        text, span = match[0], Span(*match.span())
        if text in WHITESPACE:
            continue
        kind = _BY_TEXT.get(text) or Kind.__members__.get(match.lastgroup or "", Kind.OTHER)
        if kind is Kind.OTHER and text == '"':
            reason, hint = "this quote is not closed", 'write \\" for a quote inside a text'
            raise PatternSyntaxError(pattern, span.start, end, reason, hint)
        if kind is Kind.OTHER and text == "%":
            reason = 'this regex is not closed: it has no second "%"'
            hint = "write \\x25 for the sign inside a regex, and put a text that holds it in quotes"
            raise PatternSyntaxError(pattern, span.start, end, reason, hint)
        found.append(Token(kind, text, span))
    found.append(Token(Kind.END, "", Span(end, end)))
    return found


def unquoted(quoted: str) -> str:
    """Give what a quoted text says: a backslash escapes a quote and a backslash, nothing else."""
    return re.sub(r'\\(["\\])', r"\1", quoted[1:-1])


class Cursor:
    """Walk over the tokens of a pattern: check, accept and take."""

    def __init__(self, pattern: str, start: int, end: int) -> None:
        self.pattern = pattern
        self._tokens = tokens(pattern, start, end)
        self._at = 0

    @property
    def token(self) -> Token:
        """Give the token that comes next."""
        return self._tokens[self._at]

    @property
    def ahead(self) -> Token:
        """Give the token after the next."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    @property
    def last(self) -> Token:
        """Give the token that was taken last."""
        return self._tokens[self._at - 1]

    def check(self, kind: Kind) -> bool:
        """Say whether the next token is of a kind."""
        return self.token.kind is kind

    def says(self, word: str) -> bool:
        """Say whether the next token is a keyword; keywords may be in any case."""
        # In lower case, since the upper case of a dotless i and of a long s are ASCII letters.
        return self.check(Kind.WORD) and self.token.text.lower() == word.lower()

    def take(self) -> Token:
        """Take the next token."""
        token = self.token
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def accept(self, kind: Kind) -> bool:
        """Take the next token if it is of a kind, and say so."""
        return self.check(kind) and bool(self.take())

    def accept_word(self, word: str) -> bool:
        """Take the next token if it is a keyword, and say so."""
        return self.says(word) and bool(self.take())

    def error(
        self,
        reason: str,
        hint: str | None = None,
        *,
        token: Token | None = None,
        since: int | None = None,
    ) -> PatternSyntaxError:
        """Make the error for a token, the next one unless another is given."""
        start, end = (token or self.token).span
        return PatternSyntaxError(
            self.pattern, start if since is None else since, end, reason, hint
        )
