r"""Take single events out of a payload without parsing the rest.

CloudWatch Logs writes a payload in one way: no white space, its keys in one order, ``logEvents``
the last of them. Where the head and the end of the bytes look so, an event begins at
``{"id":"`` and ends before ``},{"id":"``. Whoever writes a log line cannot write these bytes: in
a JSON string every quote has a backslash before it. What else could hold them is a list within
an event, as CloudWatch Logs itself might add one; it begins with ``[{"``, and so does
``logEvents``, but nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from trailbell.engine.bytescan import entry_around
from trailbell.payload import PayloadEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trailbell.engine.borders import Hit

_TEXT = rb'"([ !#-\[\]-~]*)"'
_TEXTS = rb'\[(?:"[ !#-\[\]-~]*"(?:,"[ !#-\[\]-~]*")*)?\]'
_HEAD = re.compile(
    rb'\{"messageType":"DATA_MESSAGE","owner":%s,"logGroup":%s,"logStream":%s,'
    rb'"subscriptionFilters":%s,"logEvents":\[(?=\{"id":")' % (_TEXT, _TEXT, _TEXT, _TEXTS)
)
_BETWEEN = b'"},'
_END = b'"}]}'
_CLOSING = b"]}"


class _Event(PayloadEvent, frozen=True, forbid_unknown_fields=True):
    """Hold an event that has the three known keys and no other."""


_decode = msgspec.json.Decoder(_Event).decode
_REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)


class Head(NamedTuple):
    """Hold what stands before the events of a payload, and the offset at which they begin."""

    owner: str
    log_group: str
    log_stream: str
    start: int


def head_of(data: bytes | bytearray) -> Head | None:
    """Read the head of a payload that looks as expected, at both ends."""
    match = _HEAD.match(data)
    if match is None or not data.endswith(_END):
        return None
    owner, group, stream = (bytes(text).decode("ascii") for text in match.groups())
    return Head(owner, group, stream, match.end())


def located(
    data: bytes | bytearray, start: int, hits: Iterable[Hit]
) -> list[tuple[PayloadEvent, int]] | None:
    """Take the events out of a payload that hold a hit, each with the rules of its hits.

    ``start`` is where the events begin. None where an event is not flush with its neighbours, does
    not decode or has other keys: then the payload does not look as it was thought to.
    """
    found: list[tuple[PayloadEvent, int]] = []
    end, last = start, len(data) - len(_CLOSING)
    for offset, rules in hits:
        if offset > last:
            # What reaches beyond all events is in none.
            break
        if offset > end:
            begin, end = entry_around(data, start, offset)
            flush = begin == start or data[begin - len(_BETWEEN) : begin] == _BETWEEN
            event = _event(data[begin:end]) if flush else None
            if event is None:
                return None
            found.append((event, rules))
        elif offset > start:
            event, others = found[-1]
            found[-1] = event, others | rules
    return found


def _event(text: bytes | bytearray) -> PayloadEvent | None:
    try:
        event = _decode(text)
    except _REFUSED:
        return None
    return event if event.id else None
