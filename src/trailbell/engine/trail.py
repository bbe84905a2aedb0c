"""Take the records out of a CloudTrail file."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, count
from operator import add
from typing import TYPE_CHECKING

import msgspec

from trailbell import json_scan as scan
from trailbell.engine.literals import verbatim
from trailbell.engine.scanner import Patterns
from trailbell.errors import UnreadableError
from trailbell.payload import parse_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    Buffer = bytes | msgspec.Raw

_BOM = b"\xef\xbb\xbf"
_HEAD = re.compile(rb'\{"Records":\[(?=\{")')
_END = b"}]}"
_CLOSING = _END[1:]
_LEADING = re.compile(rb"[ \t\r\n]*")
_NEXT = b'},{"eventVersion":"'

_REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)
_NO_LIST = 'is no trail file: it has no list "Records"'


class _File(msgspec.Struct, rename="camel"):
    """Hold what tells a trail file from a digest file."""

    records: list[msgspec.Raw] | msgspec.UnsetType = msgspec.field(
        default=msgspec.UNSET, name="Records"
    )
    digest_start_time: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    digest_end_time: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    log_files: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET


_decode = msgspec.json.Decoder(_File).decode
_anything = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True)
class Records:
    """Hold the texts of the records of a file.

    ``spots`` are for each the line on which its JSON begins, and its number in that JSON; where
    they are None, all are on the first line, in their order. ``ends`` are the offsets at which
    the records end, where one byte stands between two of them; otherwise None. ``checked`` says
    that each is known to be JSON.
    """

    texts: Sequence[Buffer]
    spots: Sequence[tuple[int, int]] | None = None
    ends: list[int] | None = None
    checked: bool = True

    def spot(self, place: int) -> tuple[int, int]:
        """Give the line on which the JSON of a record begins, and its number in that JSON."""
        return self.spots[place] if self.spots else (1, place + 1)


def looks_compact(data: bytes | bytearray) -> bool:
    """Tell whether a file is laid out as CloudTrail does it, by its beginning and its end."""
    return _HEAD.match(data) is not None and data.endswith(_END)


def records_of(data: bytes | bytearray) -> Records:
    """Find the records of a file, without parsing them. Raises UnreadableError.

    A digest file has none. Where several objects stand one after another, each has its own.
    """
    text = data.removeprefix(_BOM) if data.startswith(_BOM) else data
    try:
        file = _decode(text)
    except _REFUSED:
        # Half a surrogate pair, or one bad record, is no reason to lose the others.
        return _found_slowly(bytes(text))
    if msgspec.UNSET not in (file.digest_start_time, file.digest_end_time, file.log_files):
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
        return Records([])
    if isinstance(file.records, msgspec.UnsetType):
        raise UnreadableError(_NO_LIST)
    if looks_compact(data):
        return Records(file.records, ends=_ends(data, file.records, len(data)))
    line = _line(text)
    return Records(file.records, [(line, place + 1) for place in range(len(file.records))])


def records_up_to(data: bytes | bytearray, offset: int) -> Records:
    """Find the records of a compact file up to the one that holds an offset.

    What stands before the next mark of a record, closed like a file, is a file with the same
    first records, if it is JSON at all: then the mark stands between two records, and not deep
    within one. Otherwise the whole file is read, and so it is where another key behind the mark
    may say that these are not the file's records. Raises UnreadableError.
    """
    mark = data.find(_NEXT, offset)
    if mark >= 0 and not _has_other_keys(data[mark:]):
        with contextlib.suppress(*_REFUSED):
            found = _decode_up_to(data, mark + 1).records
            size = mark + 1 + len(_CLOSING)
            if found is not msgspec.UNSET and (ends := _ends(data, found, size)) is not None:
                return Records(found, ends=ends)
    return records_of(data)


def _decode_up_to(data: bytes | bytearray, cut: int) -> _File:
    """Decode a file as if it were closed at an offset, where there is room for that.

    What was inflated is closed in place for as long as it takes: to copy it takes a tenth of the
    time to decode it.
    """
    if isinstance(data, bytes):
        return _decode(data[:cut] + _CLOSING)
    end = cut + len(_CLOSING)
    kept = data[cut:end]
    data[cut:end] = _CLOSING
    try:
        return _decode(memoryview(data)[:end])
    finally:
        data[cut:end] = kept


def _has_other_keys(behind: bytes | bytearray) -> bool:
    """Tell whether a second list of records, of which the last counts, or a digest can follow.

    No letter of such a key is escaped behind the last hit, since that would be a hit itself.
    """
    return any(key.ends(behind) for key in _other_keys())


@cache
def _other_keys() -> list[Patterns]:
    """Make the searches for the two keys; the scanner is faster at it than find, at one at once."""
    return [Patterns([verbatim(key)]) for key in (b'"Records"', b'"logFiles"')]


def _line(text: bytes | bytearray) -> int:
    """Give the number of the line on which the JSON of a file begins."""
    blanks = _LEADING.match(text)
    return 1 + text.count(b"\n", 0, blanks.end() if blanks else 0)


def _found_slowly(data: bytes) -> Records:
    """Find the records by the brackets around them; what stands in them is not looked at.

    Raises UnreadableError where there is no list of records, or it has no end.
    """
    try:
        pieces = list(scan.objects(data))
        if not pieces:
            raise UnreadableError("is empty")  # noqa: TRY301  worded below like the other reasons
        if len(pieces) == 1:
            texts, line = _listed(data, pieces[0].start), _line(data)
            spots = [(line, place + 1) for place in range(len(texts))]
            return Records(texts, spots, checked=False)
    except UnreadableError as exc:
        raise UnreadableError(f"is no trail file: it {exc}") from exc
    every: list[Buffer] = []
    spots = []
    for start, end in pieces:
        found = records_of(data[start:end])
        before = data.count(b"\n", 0, start)
        every += found.texts
        spots += [(before + 1, found.spot(place)[1]) for place in range(len(found.texts))]
    return Records(every, spots, checked=False)


def _listed(data: bytes, start: int) -> list[bytes]:
    """Give the records in the object that begins at an offset. Raises UnreadableError."""
    parts: dict[str, scan.Span] = {}
    for key, at in scan.members(data, start):
        span = parts[key] = scan.value(data, at)
        # The records are checked one by one later.
        if not (key == "Records" and data[at : at + 1] == b"["):
            _check(data[span.start : span.end])
    lists = {key for key, span in parts.items() if data[span.start : span.start + 1] == b"["}
    if "logFiles" in lists and {"digestStartTime", "digestEndTime"} <= parts.keys():
        return []
    if "Records" not in lists:
        raise UnreadableError('has no list "Records"')
    return [data[s.start : s.end] for s in scan.elements(data, parts["Records"].start)]


def _check(text: bytes) -> None:
    """Raise UnreadableError where a text is not a JSON value."""
    try:
        _anything.decode(text)
    except _REFUSED:
        parse_json(text.decode("utf-8", "surrogateescape"))


def is_record(text: bytes, depth: int, *, checked: bool) -> bool:
    """Tell whether a text is a JSON object, nested no deeper than a limit.

    Where it is ``checked`` already, it is known to be JSON.
    """
    if not text.startswith(b"{") or scan.deeper(text, depth):
        return False
    try:
        if not checked:
            _check(text)
    except UnreadableError:
        return False
    return True


def _ends(data: bytes | bytearray, records: list[msgspec.Raw], size: int) -> list[int] | None:
    """Give where the records end, if they lie one byte apart from the head to the end.

    Anything between them but one comma, and any second list, would make the file longer than
    head, records, commas and end are. ``size`` is how long the file is.
    """
    head = _HEAD.match(data)
    if head is None or not records:
        return None
    lengths = accumulate(map(len, records))
    ends = list(map(add, lengths, count(head.end())))
    return ends if ends[-1] + len(_CLOSING) == size else None
