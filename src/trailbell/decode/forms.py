"""What decoding is told: the form of the input, how much it may take, and where a piece stands."""

from __future__ import annotations

import contextlib
import enum
import os
from dataclasses import dataclass
from typing import BinaryIO, Protocol, Self

import msgspec

_MIB = 1 << 20


class Form(enum.StrEnum):
    """Name a form of input, for those who do not want it told apart by its content.

    ``trail``: CloudTrail files. ``lines``: JSON Lines in which every object is an event, whatever
    it looks like. ``subscription``: what a function receives from a subscription filter or a
    Kinesis stream. ``payload``: the decoded payload in it. ``text``: every line is an event.
    """

    TRAIL = "trail"
    LINES = "lines"
    SUBSCRIPTION = "subscription"
    PAYLOAD = "payload"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what a piece of input may take.

    ``document``: bytes of a JSON file that is read as a whole, and of one inflated payload. A
    trail file has at most 50 MB compressed, and as a rule far less. ``line``: bytes of a line of
    text or JSON Lines; a log event has at most 1 MB. ``stream``: bytes that one gzipped file may
    inflate to in all; lines are read one by one, so this bounds time, not memory. ``ratio``: how
    many bytes one compressed byte may give, counted from ``line`` bytes on; logs give 5 to 100,
    deflate can give 1,032. ``depth``: how deep JSON may be nested.
    """

    document: int = 256 * _MIB
    line: int = 16 * _MIB
    stream: int = 64 * 1024 * _MIB
    ratio: int = 500
    depth: int = 200


class Source(Protocol):
    """Stand for a thing with bytes: its path, ``-`` for the standard input, and how to open it."""

    @property
    def path(self) -> str:
        """Name the thing as the user did."""

    def open(self) -> BinaryIO:
        """Open it for reading. Raises OSError."""


class Spot(msgspec.Struct, frozen=True):
    """Point at a piece of a file: the file, a line of it, a record on that line.

    ``path`` is what a person reads, ``identity`` what tells files apart: the absolute path.
    """

    path: str
    identity: str
    line: int = 0
    record: int = 0

    @classmethod
    def of(cls, path: str) -> Self:
        """Point at a file as a whole."""
        with contextlib.suppress(OSError):  # The working directory may be gone.
            absolute = path if path == "-" else os.path.abspath(path)  # noqa: PTH100  links stay
            return cls(_shown(path), _shown(absolute))
        return cls(_shown(path), _shown(path))

    def at_line(self, line: int) -> Spot:
        """Point at a line."""
        return msgspec.structs.replace(self, line=line, record=0)

    def at_record(self, record: int) -> Spot:
        """Point at a record."""
        return msgspec.structs.replace(self, record=record)

    @property
    def number(self) -> str:
        """Give what tells this piece apart within its file."""
        return f"{self.line}.{self.record}" if self.record else str(self.line)

    @property
    def place(self) -> str:
        """Write the spot for people; the one line of a trail file goes without saying."""
        line = f":{self.line}" if self.line > 1 or (self.line and not self.record) else ""
        return f"{self.path}{line}" + (f": record {self.record}" if self.record else "")


def _shown(path: str) -> str:
    """Write a file name that is not UTF-8 so that it can be stored and printed."""
    return path.encode("utf-8", "backslashreplace").decode()
