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

from trailbell.payload import PayloadEvent

if TYPE_CHECKING:
    from trailbell.engine.scanner import Found

_TEXT = rb'"([ !#-\[\]-~]*)"'
_TEXTS = rb'\[(?:"[ !#-\[\]-~]*"(?:,"[ !#-\[\]-~]*")*)?\]'
_HEAD = re.compile(
    rb'\{"messageType":"DATA_MESSAGE","owner":%s,"logGroup":%s,"logStream":%s,'
    rb'"subscriptionFilters":%s,"logEvents":\[(?=\{"id":")' % (_TEXT, _TEXT, _TEXT, _TEXTS)
)
_START = b'{"id":"'
_BETWEEN = b'"},'
_NEXT = b'"},{"id":"'
_END = b'"}]}'


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


class UnexpectedError(Exception):
    """Say that a payload does not look as it was thought to; nothing outside the engine sees it."""


def located(data: bytes | bytearray, start: int, found: Found) -> list[tuple[PayloadEvent, int]]:
    """Take the events out of a payload that hold a hit, each with the rules of its hits.

    ``start`` is where the events begin. Raises UnexpectedError where an event is not flush with
    its neighbours, does not decode or has other keys, or where there is a list within an event.
    """
    if found.lists != 1:
        raise UnexpectedError
    spans: list[list[int]] = []
    end = start
    for offset, rules in found.hits:
        if offset <= start:
            continue
        if offset <= end:
            spans[-1][2] |= rules
            continue
        begin = data.rfind(_START, start, offset)
        if begin != start and data[begin - len(_BETWEEN) : begin] != _BETWEEN:
            raise UnexpectedError
        # What was found may end with the very quote that ends the message.
        after = data.find(_NEXT, offset - 1)
        end = after + 2 if after >= 0 else len(data) - 2
        spans.append([begin, end, rules])
    return [(_event(data[begin:end]), rules) for begin, end, rules in spans]


def _event(text: bytes | bytearray) -> PayloadEvent:
    try:
        event = _decode(text)
    except _REFUSED as exc:
        raise UnexpectedError from exc
    if not event.id:
        raise UnexpectedError
    return event
