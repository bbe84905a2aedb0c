"""A file → events: which lines belong together, and what to do where they are broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from trailbell.decode.forms import Form, Limits, Source, Spot
from trailbell.decode.lines import Line, LineReader, told
from trailbell.decode.objects import ObjectDecoder, is_json, line_event
from trailbell.errors import UnreadableError
from trailbell.json_scan import UnfinishedError
from trailbell.model import Decoded, Remark, Unreadable

_SPACE = b" \t\r"
_VALUE_OPENINGS = frozenset(b'"-0123456789[fnt')
_HINT = "(--format text reads every line as an event)"

_TRAIL = re.compile(rb'\s*\{\s*"Records"\s*:\s*\[')

DEFAULT_LIMITS = Limits()


def decode(
    source: Source, form: Form | None = None, *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Decoded]:
    """Give all that a file holds, in its order; the form is told by the content, or given.

    Nothing raises: what cannot be read is an Unreadable with its place, and the rest goes on.
    Memory is bounded by ``limits.line`` for text and JSON Lines, and by a small multiple of
    ``limits.document`` for JSON that spans lines, or is one long line.
    """
    spot = Spot.of(source.path)
    try:
        stream = source.open()
    except OSError as exc:
        yield Unreadable(spot.place, f"cannot be opened: {told(exc)}")
        return
    with stream:
        yield from _FileDecoder(spot, form, limits)(stream)


class _FileDecoder:
    """Decode one file: hand its lines on to what reads their form."""

    def __init__(self, spot: Spot, form: Form | None, limits: Limits) -> None:
        self._spot = spot
        self._form = form
        self._limits = limits
        self._objects = ObjectDecoder(form, limits)

    def __call__(self, stream: BinaryIO) -> Iterator[Decoded]:
        limits = self._limits
        # The first line may be a whole document. What it is decides on the others.
        reader = LineReader(stream, limits, max(limits.document, limits.line))
        lines = iter(reader)
        opened = False
        for first in lines:
            reader.cap = limits.line
            if first[1] is None:
                yield self._too_long(first[0], limits.document)
            elif first[1].strip():
                opened = True
                yield from self._rest(first, lines, reader)
                break
        if not reader.failure:
            return
        if not opened and reader.partial.lstrip(_SPACE).startswith(b"{"):
            yield from self._objects.salvage(reader.partial, self._at(reader.number + 1))
        yield Unreadable(self._at(reader.number + 1).place, reader.failure)

    def _rest(self, first: Line, lines: Iterator[Line], reader: LineReader) -> Iterator[Decoded]:
        """Decode a file by its first line that is not empty, and what that line is."""
        number, line = first
        opens_object = (line or b"").lstrip(_SPACE).startswith(b"{")
        if self._form is Form.TEXT or (self._form is None and not opens_object):
            if self._form is None and _opens_list(line or b""):
                yield Remark(
                    self._at(number).place,
                    "opens as a JSON list and is read as text, line by line; write its elements "
                    "one a line to have them read as events",
                )
            yield from self._text(chain([first], lines))
            return
        try:
            items = self._objects.read(_without_return(line or b""), self._at(number))
        except UnfinishedError:
            yield from self._whole(first, lines, reader)
        except UnreadableError:
            yield from self._json_lines(chain([first], lines))
        else:
            yield from items
            yield from self._json_lines(lines)

    def _text(self, lines: Iterable[Line]) -> Iterator[Decoded]:
        """Make an event of every line."""
        path, identity = self._spot.path, self._spot.identity
        for number, line in lines:
            if line is None or len(line) > self._limits.line:
                yield self._too_long(number, self._limits.line)
            elif line.strip():
                yield line_event(_without_return(line), Spot(path, identity, number))

    def _json_lines(self, lines: Iterable[Line]) -> Iterator[Decoded]:
        """Decode every line by itself: an object of any form, or text among them."""
        path, identity = self._spot.path, self._spot.identity
        for number, line in lines:
            if line is None:
                yield self._too_long(number, self._limits.line)
                continue
            text = line.lstrip(_SPACE)
            if not text.strip():
                continue
            spot = Spot(path, identity, number)
            try:
                if text.startswith(b"{"):
                    yield from self._objects.read(_without_return(line), spot)
                else:
                    yield self._other(line, text, spot)
            except UnreadableError as exc:
                yield Unreadable(spot.place, str(exc))

    def _other(self, line: bytes, text: bytes, spot: Spot) -> Decoded:
        """Decode a line of a JSON file that opens no object."""
        if self._form not in (None, Form.LINES):
            raise UnreadableError(f"is no JSON object, where {self._form} is expected")
        if text[0] in _VALUE_OPENINGS and is_json(text):
            raise UnreadableError("is a value where a record should be")
        return line_event(_without_return(line), spot)

    def _whole(self, first: Line, lines: Iterator[Line], reader: LineReader) -> Iterator[Decoded]:
        """Decode JSON that does not end with its first line, or find that it is broken."""
        spot = self._at(first[0])
        held, after = self._held(first, lines)
        data = b"\n".join(held)
        reason = f"opens as JSON and has no end within {self._limits.document:,} bytes"
        if not after:
            try:
                items = self._objects.read(data.rstrip(), spot)
            except UnreadableError as exc:
                reason = str(exc)
            else:
                if not reader.failure:
                    yield from items
                    return
        if self._is_json_lines(held):
            numbered: list[Line] = list(enumerate(held, first[0]))
            yield from self._json_lines(chain(numbered, after, lines))
            return
        if reader.failure:
            data = b"\n".join((data, reader.partial))
        yield from self._objects.salvage(data, spot)
        if not reader.failure:
            yield Unreadable(spot.place, f"{reason} {_HINT}")

    def _held(self, first: Line, lines: Iterator[Line]) -> tuple[list[bytes], list[Line]]:
        """Hold the lines of a document, up to its cap, and the one that was too much."""
        held = [first[1] or b""]
        size = len(held[0])
        for number, line in lines:
            if line is None or size + len(line) >= self._limits.document:
                return held, [(number, line)]
            held.append(line)
            size += len(line) + 1
        return held, []

    def _is_json_lines(self, held: list[bytes]) -> bool:
        """Tell JSON Lines with a bad first line from a broken document."""
        others = [line for line in held[1:] if line.strip()]
        if _TRAIL.match(held[0]) and others and not self._stands_alone(others[0]):
            # The last of the records that stand one a line has no comma, and looks like a line.
            return False
        return any(map(self._stands_alone, others))

    def _stands_alone(self, line: bytes) -> bool:
        """Tell whether a line is an object that needs no other line."""
        if not line.lstrip(_SPACE).startswith(b"{"):
            return False
        try:
            self._objects.read(_without_return(line), self._spot)
        except UnreadableError:
            return False
        return True

    def _at(self, line: int) -> Spot:
        return self._spot.at_line(line)

    def _too_long(self, line: int, cap: int) -> Unreadable:
        return Unreadable(self._at(line).place, f"is a line longer than {cap:,} bytes")


def _without_return(line: bytes) -> bytes:
    return line[:-1] if line.endswith(b"\r") else line


def _opens_list(line: bytes) -> bool:
    text = line.strip()
    return text.startswith(b"[") and text[1:].lstrip()[:1] in (b"", b"{")
