"""Take the records out of a CloudTrail file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trailbell import json_scan as scan
from trailbell.engine.borders import Borders
from trailbell.engine.bytescan import record_ends
from trailbell.errors import UnreadableError
from trailbell.payload import parse_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    Buffer = bytes | msgspec.Raw

_BOM = b"\xef\xbb\xbf"
_HEAD = re.compile(rb'\{"Records":\[(?=\{")')
_END = b"}]}"
_LEADING = re.compile(rb"[ \t\r\n]*")

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


class Records(msgspec.Struct, frozen=True):
    """Hold the texts of the records of a file.

    ``spots`` are for each the line on which its JSON begins, and its number in that JSON.
    ``checked`` says that each is known to be JSON.
    """

    texts: Sequence[Buffer]
    spots: Sequence[tuple[int, int]]
    checked: bool = True


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
        return Records([], [])
    if isinstance(file.records, msgspec.UnsetType):
        raise UnreadableError(_NO_LIST)
    line = _line(text)
    return Records(file.records, [(line, place + 1) for place in range(len(file.records))])


def borders_of(data: bytes | bytearray) -> Borders | None:
    """Find where the records of a file stand; None where it is not laid out as expected.

    It is where the file begins with the key ``Records``, and the brackets outside strings say that
    the records follow, a comma between two of them, and that nothing stands behind their list.
    So no other key can say otherwise. Whether a record is JSON is still to be asked.
    """
    head = _HEAD.match(data)
    ends = record_ends(data, head.end()) if head else None
    return Borders(head.end(), ends) if head and ends else None


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
        spots += [(before + 1, number) for _, number in found.spots]
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


def is_object(text: bytes, depth: int) -> bool:
    """Tell whether a text begins like a JSON object, and is nested no deeper than a limit."""
    return text.startswith(b"{") and not scan.deeper(text, depth)


def is_json(text: bytes) -> bool:
    """Tell whether a text is a JSON value."""
    try:
        _check(text)
    except UnreadableError:
        return False
    return True
