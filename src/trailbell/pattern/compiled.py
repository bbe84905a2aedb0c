"""The compiled pattern."""

from __future__ import annotations

from typing import NoReturn

from trailbell.pattern.evaluation import Holds, extract, holds
from trailbell.pattern.explanation import Explanation, explain
from trailbell.pattern.message import Message
from trailbell.pattern.nodes import Root
from trailbell.pattern.parser import parse


class Pattern:
    """Hold a compiled filter pattern.

    A pattern never changes, so it can be shared between threads and kept as a key. It equals
    another whose tree is the same, whatever spaces and needless parentheses the two have, pickles
    by its text, and ``str`` gives that text. Its methods never raise, whatever the message is:
    text, bytes in UTF-8 (what is ill-formed counts as U+FFFD), or a Message, which is read only
    once for many patterns.

    Raises PatternSyntaxError where the text is not a legal pattern.
    """

    __slots__ = ("_holds", "_root", "_text")

    _holds: Holds
    _root: Root
    _text: str

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a pattern is a str, not {type(text).__name__}")
        root = parse(text)
        for name, value in (("_text", text), ("_root", root), ("_holds", holds(root))):
            object.__setattr__(self, name, value)

    @property
    def root(self) -> Root:
        """Give the tree of the pattern; see ``trailbell.pattern.nodes``."""
        return self._root

    @property
    def holds(self) -> Holds:
        """Give the function that says whether a Message matches; it is the soonest way to ask."""
        return self._holds

    def matches(self, message: str | bytes | Message) -> bool:
        """Say whether a message matches the pattern."""
        return self._holds(_read(message))

    def extract(self, message: str | bytes | Message) -> dict[str, str] | None:
        """Give the fields that the pattern extracts, None where the message does not match.

        Only space-delimited patterns extract anything: the text of each field as ``$name``, or as
        ``$1``, ``$2``, … by its position where it has no name.
        """
        read = _read(message)
        return extract(self._root, read) if self._holds(read) else None

    def explain(self, message: str | bytes | Message | None = None) -> Explanation:
        """Say for each clause what it asks, and what it selected in a message and whether it held.

        Without a message, only what it asks.
        """
        return explain(self._text, self._root, None if message is None else _read(message))

    def __eq__(self, other: object) -> bool:
        return self._root == other._root if isinstance(other, Pattern) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._root)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Pattern({self._text!r})"

    def __reduce__(self) -> tuple[type[Pattern], tuple[str]]:
        return Pattern, (self._text,)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a pattern cannot be changed: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a pattern cannot be changed: {name}")


def compile_pattern(text: str) -> Pattern:
    """Compile a filter pattern.

    Raises PatternSyntaxError, with the place and the reason, where it is not legal.
    """
    return Pattern(text)


def _read(message: str | bytes | Message) -> Message:
    """Read a message, unless it is one already."""
    return message if isinstance(message, Message) else Message(message)
