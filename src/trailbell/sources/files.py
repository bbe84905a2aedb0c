"""Files, folders and the standard input."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

STDIN = "-"


@dataclass(frozen=True, slots=True)
class InputFile:
    """Name a file that can be opened once it is its turn.

    ``path`` is as the user gave it, joined with what was found below a folder; ``-`` is the
    standard input. ``size`` is in bytes as stored, None where it is not known before reading.
    """

    path: str
    size: int | None = None
    advance: Callable[[int], object] | None = field(default=None, repr=False, compare=False)
    problem: OSError | None = field(default=None, repr=False, compare=False)

    def watched(self, advance: Callable[[int], object]) -> InputFile:
        """Return the same file, that calls ``advance`` with the number of bytes of every read.

        The bytes are those of the file as stored, compressed or not: they add up to ``size``.
        """
        return replace(self, advance=advance)

    def open(self) -> BinaryIO:
        """Open for reading. Raises OSError, also for what could not even be looked at before."""
        if self.problem is not None:
            raise self.problem
        if self.path == STDIN:
            stdin = getattr(sys.stdin, "buffer", None)
            if stdin is None:
                raise OSError("there is no standard input")
            return cast("BinaryIO", _Reading(stdin, self.advance, close=False))
        raw = open(self.path, "rb", buffering=0)  # noqa: PTH123, SIM115  the caller closes it
        return cast("BinaryIO", _Reading(raw, self.advance, close=True))


class _Reading(io.RawIOBase):
    """Read from a file and report how far it has got; leave the standard input open."""

    def __init__(
        self, file: BinaryIO | io.FileIO, advance: Callable[[int], object] | None, *, close: bool
    ) -> None:
        # What has arrived is given at once, so that the lines of a live stream do not wait.
        self._read: Callable[[int], bytes | None] = getattr(file, "read1", file.read)
        self._file = file if close else None
        self._advance = advance

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Read at most ``size`` bytes, fewer where fewer are there; all where it is negative."""
        if size < 0:
            return self.readall()
        data = self._read(size) or b""
        if self._advance is not None and data:
            self._advance(len(data))
        return data

    def readinto(self, buffer: object) -> int:
        """Read into a buffer, for a BufferedReader around this one."""
        view = memoryview(cast("bytearray", buffer)).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file, unless it is the standard input."""
        if self._file is not None:
            self._file.close()
        super().close()


def find(paths: Iterable[str]) -> Iterator[InputFile]:
    """Find the files that paths name: files as they are, folders with all below, sorted by name.

    Within a folder hidden entries are left out, links are followed, and no folder is read twice,
    so that a circle of links ends. What cannot be looked at, or is no regular file, is given all
    the same: opening it raises the reason, so that whoever reads the files counts it.
    """
    for path in paths:
        if path == STDIN:
            yield InputFile(path)
        elif os.path.isdir(path):  # noqa: PTH112  the path stays as the user gave it
            yield from _walk(path)
        else:
            yield _look(path, only_regular=False)


def _walk(top: str) -> Iterator[InputFile]:
    """Give what lies below a folder, each folder once; nothing recurses, however deep it is."""
    seen: set[tuple[int, int]] = set()
    waiting = [top]
    while waiting:
        path = waiting.pop()
        if not os.path.isdir(path):  # noqa: PTH112  a text, as given
            yield _look(path, only_regular=True)
            continue
        try:
            status = os.stat(path)  # noqa: PTH116  a text, as given
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208  names
        except OSError as exc:
            yield InputFile(path, problem=exc)
            continue
        visible = (name for name in names if not name.startswith("."))
        waiting += [os.path.join(path, name) for name in visible]  # noqa: PTH118  a text, as given


def _look(path: str, *, only_regular: bool) -> InputFile:
    """Say how large a file is, or why it cannot be read."""
    try:
        status = os.stat(path)  # noqa: PTH116  a text, as given
    except OSError as exc:
        return InputFile(path, problem=exc)
    except ValueError as exc:
        return InputFile(path, problem=OSError(str(exc)))
    if stat.S_ISREG(status.st_mode):
        return InputFile(path, status.st_size)
    # A pipe that the user names is read; one that lies about in a folder would block for ever.
    return InputFile(path, problem=OSError("is no regular file") if only_regular else None)
