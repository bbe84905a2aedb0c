"""Take the records out of a CloudTrail file."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from itertools import accumulate, count
from operator import add
from typing import TYPE_CHECKING

import msgspec

from trailbell.errors import UnreadableError
from trailbell.json_scan import deeper
from trailbell.payload import parse_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    Buffer = bytes | msgspec.Raw

_BOM = b"\xef\xbb\xbf"
_HEAD = re.compile(rb'\{"Records":\[(?=\{")')
_END = b"}]}"
_BLANKS = b" \t\r\n"
_LEADING = re.compile(rb"[ \t\r\n]*")
_NEXT = b'},{"eventVersion":"'

_REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\],]', re.DOTALL)
_KEY = re.compile(rb"[ \t\r\n]*:[ \t\r\n]*(\[?)")
_DEPTH = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_IN_RECORDS = 2


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

    ``line`` is the number of the line on which the file's JSON begins. ``ends`` are the offsets
    at which the records end, where one byte stands between two of them; otherwise None.
    ``checked`` says that each is known to be JSON.
    """

    texts: Sequence[Buffer]
    line: int
    ends: list[int] | None = None
    checked: bool = True


def looks_compact(data: bytes | bytearray) -> bool:
    """Tell whether a file is laid out as CloudTrail does it, by its beginning and its end."""
    return _HEAD.match(data) is not None and data.endswith(_END)


def records_of(data: bytes | bytearray) -> Records:
    """Find the records of a file, without parsing them. Raises UnreadableError.

    A digest file has none.
    """
    text = data.removeprefix(_BOM) if data.startswith(_BOM) else data
    try:
        file = _decode(text)
    except _REFUSED as exc:
        # Half a surrogate pair, or one bad record, is no reason to lose the others.
        return Records(_found_slowly(bytes(text), exc), _line(text), checked=False)
    if isinstance(file.records, msgspec.UnsetType):
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
        if msgspec.UNSET in (file.digest_start_time, file.digest_end_time, file.log_files):
            raise UnreadableError('is no trail file: it has no list "Records"')
        return Records([], 1)
    return Records(file.records, _line(text), _ends(data, file.records))


def records_up_to(data: bytes | bytearray, offset: int) -> Records:
    """Find the records of a compact file up to the one that holds an offset.

    What stands before the next mark of a record, closed like a file, is a file with the same
    first records, if it is JSON at all: then the mark stands between two records, and not deep
    within one. Otherwise the whole file is read. Raises UnreadableError.
    """
    mark = data.find(_NEXT, offset)
    if mark >= 0:
        part = data[: mark + 1] + _END[1:]
        with contextlib.suppress(*_REFUSED):
            found = _decode(part).records
            if found is not msgspec.UNSET and (ends := _ends(part, found)) is not None:
                return Records(found, 1, ends)
    return records_of(data)


def _line(text: bytes | bytearray) -> int:
    """Give the number of the line on which the JSON of a file begins."""
    blanks = _LEADING.match(text)
    return 1 + text.count(b"\n", 0, blanks.end() if blanks else 0)


def _found_slowly(data: bytes, refused: Exception) -> list[bytes]:
    """Find the records by the brackets around them; what stands in them is not looked at.

    Raises UnreadableError where there is no list of records, or it has no end.
    """
    found: list[bytes] = []
    depth = start = 0
    inside = closed = False
    for token in _TOKEN.finditer(data):
        mark = data[token.start()]
        if depth == 1 and mark == ord('"'):
            key = _KEY.match(data, token.end())
            if (
                key is not None
                and key[1]
                and parse_json(token[0].decode(errors="replace")) == "Records"
            ):
                found, start, inside = [], key.end(), True
        if (
            inside
            and depth == _IN_RECORDS
            and mark in b",]"
            and (text := data[start : token.start()].strip(_BLANKS))
        ):
            found.append(text)
            start = token.end()
        depth += _DEPTH.get(mark, 0)
        if depth == 1 and mark == ord("]"):
            closed, inside = closed or inside, False
    if not closed or depth:
        reason = str(refused)
        raise UnreadableError(f"is no trail file: {reason[:1].lower()}{reason[1:]}") from refused
    return found


def is_record(text: bytes, depth: int, *, checked: bool) -> bool:
    """Tell whether a text is a JSON object, nested no deeper than a limit.

    Where it is ``checked`` already, it is known to be JSON.
    """
    if not text.startswith(b"{") or deeper(text, depth):
        return False
    if checked:
        return True
    try:
        _anything.decode(text)
    except _REFUSED:
        try:
            parse_json(text.decode("utf-8", "surrogateescape"))
        except UnreadableError:
            return False
    return True


def _ends(data: bytes | bytearray, records: list[msgspec.Raw]) -> list[int] | None:
    """Give where the records end, if they lie one byte apart from the head to the end.

    Anything between them but one comma, and any second list, would make the file longer than
    head, records, commas and end are.
    """
    head = _HEAD.match(data)
    if head is None or not records:
        return None
    lengths = accumulate(map(len, records))
    ends = list(map(add, lengths, count(head.end())))
    return ends if ends[-1] + len(_END) - 1 == len(data) and looks_compact(data) else None
