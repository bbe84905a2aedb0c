"""JSON objects → events: which envelope it is, and what is in it.

Only what stands in a file by itself is looked at as an envelope. The message of a payload's event
and the record of a trail file are never opened again, whatever an attacker wrote into them.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple, TypeGuard, TypeVar

import msgspec

from trailbell import json_scan as scan
from trailbell.decode.forms import Form, Limits, Spot
from trailbell.decode.subscription import payload_items
from trailbell.errors import UnreadableError
from trailbell.events import text_event
from trailbell.model import Decoded, LogEvent, Origin, PassedOver, Remark, Unreadable
from trailbell.payload import (
    OpenedPayload,
    open_subscription,
    parse_json,
    read_payload,
    wrong_shape,
)

UNSET = msgspec.UNSET
_MaybeRaw = msgspec.Raw | msgspec.UnsetType

_MOST_REMARKS = 1000


class _Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """Hold the parts by which forms are told apart; all else is checked and skipped."""

    awslogs: _MaybeRaw = UNSET
    message_type: _MaybeRaw = UNSET
    log_events: _MaybeRaw = UNSET
    digest_start_time: _MaybeRaw = UNSET
    digest_end_time: _MaybeRaw = UNSET
    log_files: _MaybeRaw = UNSET
    records: _MaybeRaw = msgspec.field(default=UNSET, name="Records")


class _Data(msgspec.Struct, frozen=True):
    data: str


class _KinesisRecord(msgspec.Struct, frozen=True):
    kinesis: _Data


class _MaybeKinesis(msgspec.Struct, frozen=True):
    kinesis: _MaybeRaw = UNSET


_Shape = TypeVar("_Shape", bound=msgspec.Struct)

_MESSAGE_TYPES = (b'"DATA_MESSAGE"', b'"CONTROL_MESSAGE"')
_PLAIN = _Envelope()
_KEYS = dict(zip(_Envelope.__struct_encode_fields__, _Envelope.__struct_fields__, strict=True))
_envelopes = msgspec.json.Decoder(_Envelope)
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_anything = msgspec.json.Decoder(msgspec.Raw)
_maybe_kinesis = msgspec.json.Decoder(_MaybeKinesis)
_OPENS_TRAIL = re.compile(rb'\s*\{\s*"Records"\s*:')
_REFUSED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def line_event(text: bytes, spot: Spot) -> LogEvent:
    """Make an event of a line, or of the text of a record."""
    origin = Origin(path=spot.path, position=spot.record or spot.line)
    return text_event(text, f"{spot.identity}:{spot.number}", origin)


def is_json(text: bytes) -> bool:
    """Tell whether a text is a JSON value, or opens so deep a one that nobody can say."""
    try:
        _anything.decode(text)
    except RecursionError:
        return True
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # Only a half surrogate makes the fast decoder refuse what is JSON.
        if b"\\u" not in text:
            return False
        try:
            parse_json(text.decode("utf-8", "surrogateescape"))
        except UnreadableError:
            return False
    return True


class ObjectDecoder:
    """Decode JSON objects of one file."""

    def __init__(self, form: Form | None, limits: Limits) -> None:
        self._form = form
        self._limits = limits
        self._remarks: set[str] = set()

    def read(self, data: bytes, spot: Spot) -> Iterable[Decoded]:
        """Decode an object, or several without anything between them.

        Raises, before anything is given, UnreadableError where it is no JSON object, and
        UnfinishedError where more bytes could make it one.
        """
        try:
            envelope = _envelopes.decode(data)
        except _REFUSED:
            return self._read_slowly(data, spot)
        return self._items(envelope, data, spot)

    def salvage(self, data: bytes, spot: Spot) -> Iterator[Decoded]:
        """Give what stands before the break in objects, or in a trail file, that break off.

        Why the rest cannot be read is not said: the caller knows.
        """
        end = 0
        with contextlib.suppress(UnreadableError):
            for span, piece in _pieces(data, spot):
                yield from self.read(data[span.start : span.end], piece)
                end = span.end
        if self._form not in (None, Form.TRAIL):
            return
        with contextlib.suppress(UnreadableError):
            for key, at in scan.members(data, scan.skip_space(data, end)):
                if key == "Records" and data[at : at + 1] == b"[":
                    yield from self._records(_until_broken(_elements_slowly(data, at)), spot)

    def _read_slowly(self, data: bytes, spot: Spot) -> Iterable[Decoded]:
        """Decode what the fast decoder refuses: several objects, or one with something odd."""
        pieces = list(_pieces(data, spot))
        if len(pieces) == 1:
            return self._items(self._recognised_slowly(data), data, spot)
        return chain.from_iterable(
            [self.read(data[span.start : span.end], piece) for span, piece in pieces]
        )

    def _recognised_slowly(self, data: bytes) -> _Envelope:
        """Check an object that the fast decoder refuses, part by part."""
        parts = {}
        for key, start in scan.members(data, scan.skip_space(data, 0)):
            span = scan.value(data, start)
            text = data[span.start : span.end]
            # The records of a trail file are checked one by one later.
            if self._form is Form.LINES or not (key == "Records" and text.startswith(b"[")):
                _check(text)
            if key in _KEYS:
                parts[_KEYS[key]] = msgspec.Raw(text)
        return _Envelope(**parts)

    def _items(self, envelope: _Envelope, data: bytes, spot: Spot) -> Iterable[Decoded]:
        """Give what an object holds, by the form that it is of or must be of."""
        form = self._form
        if form is Form.PAYLOAD or (form is None and _is_payload(envelope)):
            return self._payload(lambda: read_payload(data), spot)
        if form is not Form.LINES and envelope != _PLAIN:
            if form is not Form.TRAIL and envelope.awslogs is not UNSET:
                return self._subscription(bytes(envelope.awslogs), spot)
            if form is not Form.SUBSCRIPTION and _is_digest(envelope):
                return (PassedOver(spot.place, "digest"),)
            if _is_array(envelope.records):
                return self._records(_elements(envelope.records), spot)
            if form is None and _OPENS_TRAIL.match(data):
                raise UnreadableError('opens as a trail file, but its "Records" is no list')
        if form is Form.TRAIL:
            raise UnreadableError('is no trail file: it has no list "Records"')
        if form is Form.SUBSCRIPTION:
            raise UnreadableError('is no subscription event: it has no "awslogs"')
        return (self._event(data, spot),)

    def _subscription(self, awslogs: bytes, spot: Spot) -> Iterator[Decoded]:
        cap = self._limits.document
        return self._payload(lambda: open_subscription(_shaped(awslogs, _Data).data, cap), spot)

    def _kinesis(self, record: bytes, spot: Spot) -> Iterator[Decoded]:
        cap = self._limits.document
        return self._payload(
            lambda: open_subscription(_shaped(record, _KinesisRecord).kinesis.data, cap), spot
        )

    def _payload(self, opening: Callable[[], OpenedPayload], spot: Spot) -> Iterator[Decoded]:
        """Give the events of a payload, or why it cannot be opened."""
        try:
            opened = opening()
        except UnreadableError as exc:
            yield Unreadable(spot.place, f"the payload {exc}")
            return
        for item in payload_items(opened, spot.place, spot.path, spot.record or spot.line):
            # The same names stand in every payload of a file: one remark on them is enough.
            if isinstance(item, Remark):
                if item.text in self._remarks or len(self._remarks) >= _MOST_REMARKS:
                    continue
                self._remarks.add(item.text)
            yield item

    def _records(self, records: _Elements, spot: Spot) -> Iterator[Decoded]:
        """Decode the elements of ``Records``: CloudTrail's, or those of a Kinesis batch."""
        kinesis = self._form is Form.SUBSCRIPTION
        number = 0
        try:
            for number, text in enumerate(records.texts, 1):
                at = Spot(spot.path, spot.identity, spot.line, number)
                if number == 1 and self._form is None:
                    kinesis = _is_kinesis(text)
                if kinesis:
                    yield from self._kinesis(text, at)
                else:
                    yield self._record(text, at, checked=records.checked)
        except UnreadableError as exc:
            yield Unreadable(spot.at_record(number + 1).place, f"the list of records {exc}")

    def _record(self, text: bytes, spot: Spot, *, checked: bool) -> Decoded:
        """Make an event of a record; one that cannot be read does not keep back the others."""
        try:
            if not checked:
                _check(text)
            if not text.startswith(b"{"):
                return Unreadable(spot.place, "is a value where a record should be")
            return self._event(text, spot)
        except UnreadableError as exc:
            return Unreadable(spot.place, str(exc))

    def _event(self, text: bytes, spot: Spot) -> LogEvent:
        if scan.deeper(text, self._limits.depth):
            raise UnreadableError(f"is nested deeper than {self._limits.depth} levels")
        return line_event(text, spot)


class _Elements(NamedTuple):
    """Hold the elements of an array, and whether each is known to be JSON."""

    texts: Iterable[bytes]
    checked: bool


def _pieces(data: bytes, spot: Spot) -> Iterator[tuple[scan.Span, Spot]]:
    """Find the objects that stand one after another; the second of a line is its record 2."""
    line, number, before = spot.line, 0, 0
    for span in scan.objects(data):
        newlines = data.count(b"\n", before, span.start)
        line, before = line + newlines, span.start
        number = 1 if newlines or not number else number + 1
        yield span, Spot(spot.path, spot.identity, line, number if number > 1 else 0)


def _elements(array: msgspec.Raw) -> _Elements:
    """Take an array apart, one by one where it holds what the fast decoder refuses."""
    try:
        return _Elements(map(bytes, _raws.decode(array)), checked=True)
    except _REFUSED:
        return _elements_slowly(bytes(array), 0)


def _elements_slowly(data: bytes, start: int) -> _Elements:
    spans = scan.elements(data, start)
    return _Elements((data[span.start : span.end] for span in spans), checked=False)


def _until_broken(elements: _Elements) -> _Elements:
    """Give the elements that stand before the break."""

    def texts() -> Iterator[bytes]:
        with contextlib.suppress(UnreadableError):
            yield from elements.texts

    return _Elements(texts(), elements.checked)


def _check(text: bytes) -> None:
    """Raise UnreadableError where a text is not a JSON value."""
    try:
        _anything.decode(text)
    except _REFUSED:
        parse_json(text.decode("utf-8", "surrogateescape"))


def _shaped(text: bytes, shape: type[_Shape]) -> _Shape:
    """Read JSON of a shape. Raises UnreadableError where it is none, or of another."""
    try:
        return msgspec.json.decode(text, type=shape)
    except _REFUSED:
        value = parse_json(text.decode("utf-8", "surrogateescape"))
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as exc:
        raise wrong_shape(exc) from exc


def _is_payload(envelope: _Envelope) -> bool:
    if envelope.message_type is UNSET:
        return False
    return envelope.log_events is not UNSET or bytes(envelope.message_type) in _MESSAGE_TYPES


def _is_digest(envelope: _Envelope) -> bool:
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
    times = (envelope.digest_start_time, envelope.digest_end_time)
    return UNSET not in times and _is_array(envelope.log_files)


def _is_array(raw: msgspec.Raw | msgspec.UnsetType) -> TypeGuard[msgspec.Raw]:
    return isinstance(raw, msgspec.Raw) and memoryview(raw)[0] == ord("[")


def _is_kinesis(record: bytes) -> bool:
    """Tell a record of a Kinesis batch by its key."""
    # https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
    try:
        return _maybe_kinesis.decode(record).kinesis is not UNSET
    except _REFUSED:
        return False
