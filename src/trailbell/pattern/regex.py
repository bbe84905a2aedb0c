r"""Regexes: the dialect of filter patterns, checked here and run by RE2.

RE2 accepts more than the dialect does (groups, flags, ``\p``, any character), so a regex is read
here first. What RE2 refuses, although the dialect has it, is refused with RE2's reason.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

import re2

from trailbell.pattern.preview import preview

Search = Callable[[str], bool]

# "Supported regex characters" and "operators":
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
_PLAIN = frozenset(string.ascii_letters + string.digits + ":_#=@/;,- ")
_OPERATORS = frozenset("^$?[]{}|\\*+.")
_ESCAPABLE = frozenset(":_#=@/;,- dDsSwW") | _OPERATORS

_HEX = re.compile(r"x[0-9A-Fa-f]{2}")
_REPEAT = re.compile(r"\{([0-9]*)(?:(,)([0-9]*))?\}")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Ours: where RE2 cannot keep a table of states, its time is the product of the lengths of the
# message and of the regex, which ninety times [a-z]{1000} would make half a minute.
MAX_STEPS = 20_000

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.never_capture = True


class RegexError(ValueError):
    """Say why a regex is not in the dialect; ``start`` and ``end`` are offsets into its body."""

    def __init__(self, start: int, end: int, reason: str, hint: str | None = None) -> None:
        super().__init__(start, end, reason, hint)
        self.start = start
        self.end = end
        self.reason = reason
        self.hint = hint


def compile_regex(body: str) -> Search:
    """Make a search for a regex, given without its percent signs.

    The search looks anywhere in a text, in time linear in its length, and never raises. Raises
    RegexError where the regex is not in the dialect or RE2 refuses it.
    """
    translated = _Dialect(body).translated()
    try:
        program = re2.compile(translated.encode("ascii"), _OPTIONS)
    except re2.error as error:
        detail = error.args[0]
        reason = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
        raise RegexError(0, len(body), f"RE2 refuses this regex: {reason}") from error

    if program.programsize > MAX_STEPS:
        reason = f"this regex is too large: its repetitions make more than {MAX_STEPS} steps"
        raise RegexError(0, len(body), reason, "ask for fewer repetitions")

    def search(text: str) -> bool:
        return program.search(_utf8(text)) is not None

    return search


def _utf8(text: str) -> bytes:
    """Encode a text for RE2, with U+FFFD where a lone surrogate has no encoding."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()


class _Dialect:
    """Read a regex of the dialect from left to right, and write it for RE2."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.at = 0
        self.written: list[str] = []

    def translated(self) -> str:
        """Check the whole regex and give it as RE2 takes it."""
        if not self.body:
            raise RegexError(0, 0, "a regex cannot be empty")
        repeatable = False
        while self.at < len(self.body):
            sign = self.body[self.at]
            if sign in "*+?{":
                if not repeatable:
                    raise self._nothing_to_repeat()
                self._repeat()
                repeatable = False
            elif sign == "[":
                self._class()
                repeatable = True
            else:
                self._character()
                repeatable = sign != "|"
        return "".join(self.written)

    def _take(self, length: int) -> str:
        """Copy the next characters and step over them."""
        taken = self.body[self.at : self.at + length]
        self.written.append(taken)
        self.at += length
        return taken

    def _character(self) -> None:
        """Read one character, or one escape."""
        sign = self.body[self.at]
        if sign == "\\":
            self._escape()
        elif sign in _PLAIN or sign in _OPERATORS:
            self._take(1)
        else:
            raise self._not_allowed(sign)

    def _escape(self) -> None:
        """Read a backslash and what it escapes."""
        start, escaped = self.at, self.body[self.at + 1 : self.at + 2]
        if not escaped:
            raise RegexError(start, start + 1, "a regex cannot end with a backslash")
        if _HEX.match(self.body, start + 1):
            self._take(4)
        elif escaped in _ESCAPABLE:
            self._take(2)
        elif escaped.isascii() and escaped.isalnum():
            raise RegexError(
                start,
                start + 2,
                f'the escape "\\{escaped}" is not part of the dialect',
                "the escapes are \\d \\D \\s \\S \\w \\W, \\x and two hexadecimal digits, "
                "and a backslash before an operator",
            )
        else:
            self.at += 1
            raise self._not_allowed(escaped)

    def _class(self) -> None:
        r"""Read a character class such as ``[^a-z\d]``."""
        start = self.at
        self._take(2 if self.body.startswith("[^", start) else 1)
        first = True
        while first or not self.body.startswith("]", self.at):
            if self.at >= len(self.body):
                raise RegexError(start, len(self.body), 'expected "]" to close this class')
            if self.body.startswith("[:", self.at):
                raise RegexError(self.at, self.at + 2, "named classes are not part of the dialect")
            self._character()
            first = False
        self._take(1)

    def _repeat(self) -> None:
        """Read ``*``, ``+``, ``?`` or ``{m,n}``, and the ``?`` that makes it lazy."""
        if self.body[self.at] != "{":
            self._take(1)
        else:
            match = _REPEAT.match(self.body, self.at)
            if match is None or not (match[1] or match[3]):
                raise RegexError(
                    self.at,
                    self.at + 1,
                    'expected a number of repetitions after "{", such as {3}, {3,}, {,5} or {3,5}',
                    'write "\\{" for the character itself',
                )
            # RE2 reads {,n} and {03} as plain characters.
            least, most = (number and str(int(number)) for number in match.group(1, 3))
            self.written.append(f"{{{least or '0'}{match[2] or ''}{most or ''}}}")
            self.at = match.end()
        if self.body.startswith("?", self.at):
            self._take(1)

    def _nothing_to_repeat(self) -> RegexError:
        """Make the error of an operator that has nothing before it."""
        sign, before = self.body[self.at], self.body[self.at - 1 : self.at]
        hint = f'write "\\{sign}" for the character itself'
        if before and before in "*+?}":
            hint = "a repetition cannot be repeated, and there is no possessive one"
        return RegexError(self.at, self.at + 1, f'nothing to repeat before "{sign}"', hint)

    def _not_allowed(self, sign: str) -> RegexError:
        """Make the error of a character that the dialect has not."""
        hint = f"write \\x{ord(sign):02x} for the character itself" if sign.isascii() else None
        if sign in "()":
            reason = f'a regex cannot hold "{sign}": there are no groups'
            hint = f"write the alternatives out, as in %abc|adc%, or {hint}"
        elif sign.isascii():
            reason = "a regex cannot hold " + ("a quote" if sign == '"' else f'"{preview(sign)}"')
        else:
            reason = f'a regex cannot hold "{preview(sign)}", only ASCII characters'
            hint = 'write "." for any one character'
        return RegexError(self.at, self.at + 1, reason, hint)
