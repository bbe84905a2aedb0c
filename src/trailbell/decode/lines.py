"""Bytes → lines, in bounded memory, gzipped or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from trailbell.decode.forms import Limits
from trailbell.errors import UnreadableError
from trailbell.payload import GZIP_MAGIC, inflate
from trailbell.preview import lowered

_READ = 1 << 17
_BOM = b"\xef\xbb\xbf"

Line = tuple[int, bytes | None]
"""The number of a line, from 1, and its bytes without the newline; None where it is too long."""


def told(exc: OSError) -> str:
    """Put into words what the operating system says."""
    return lowered(exc.strerror or str(exc))


class LineReader:
    """Read a stream line by line.

    ``cap`` is the most bytes that a line may have; it may be changed while reading. Iteration
    ends, and raises nothing, where the stream breaks: ``failure`` is the reason then, and
    ``partial`` what there is of the line in which it broke.
    """

    def __init__(self, stream: BinaryIO, limits: Limits, cap: int) -> None:
        self.cap = cap
        self.number = 0
        self.failure = ""
        self.partial = b""
        self._limits = limits
        # A live stream is read as it comes: ``read`` would wait for a full buffer.
        self._read = getattr(stream, "read1", stream.read)
        self._stored = 0

    def __iter__(self) -> Iterator[Line]:
        """Give the lines that are complete, and the last one if nothing broke."""
        pending: list[bytes] = []
        size = 0
        try:
            for chunk in self._chunks():
                first, *others = chunk.split(b"\n")
                size += len(first)
                if size <= self.cap:
                    pending.append(first)
                else:
                    pending.clear()
                if not others:
                    continue
                last = others.pop()
                yield self._line(pending, size)
                for line in others:
                    self.number += 1
                    yield self.number, line if len(line) <= self.cap else None
                pending, size = [last], len(last)
        except UnreadableError as exc:
            self.failure = str(exc)
        except OSError as exc:
            self.failure = f"cannot be read any further: {told(exc)}"
        if self.failure:
            partial = b"".join(pending)
            self.partial = partial if self.number else partial.removeprefix(_BOM)
        elif size:
            yield self._line(pending, size)

    def _line(self, pieces: list[bytes], size: int) -> Line:
        """Put the next line together, or give none where it is too long."""
        self.number += 1
        if size > self.cap:
            return self.number, None
        line = b"".join(pieces)
        return self.number, line.removeprefix(_BOM) if self.number == 1 else line

    def _chunks(self) -> Iterator[bytes]:
        """Read the stream piece by piece, inflated where it opens as gzip."""
        head = b""
        while len(head) < len(GZIP_MAGIC) and (more := self._read(_READ)):
            head += more
        self._stored = len(head)
        if head.startswith(GZIP_MAGIC):
            yield from self._inflated(head)
        elif head:
            yield head
            yield from self._rest()

    def _rest(self) -> Iterator[bytes]:
        while data := self._read(_READ):
            self._stored += len(data)
            yield data

    def _inflated(self, head: bytes) -> Iterator[bytes]:
        """Inflate the stream within the limits. Raises UnreadableError past them."""

        def stored() -> Iterator[bytes]:
            yield head
            yield from self._rest()

        limits, total = self._limits, 0
        for chunk in inflate(stored()):
            total += len(chunk)
            if total > limits.stream:
                raise UnreadableError(
                    f"inflates past {limits.stream:,} bytes, the rest is not read"
                )
            if total > limits.line and total > limits.ratio * self._stored:
                raise UnreadableError(
                    f"inflates to more than {limits.ratio} times its size, the rest is not read"
                )
            yield chunk
