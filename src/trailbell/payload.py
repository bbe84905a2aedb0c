"""From the bytes of a subscription payload to its log events.

The layers, from outside in: base64, gzip with all its members (or zlib), JSON. Every layer is
written by somebody else, so everything here is capped and everything that is not as it should be
is an UnreadableError.
"""

from __future__ import annotations

import contextlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, NoReturn

import deflate
import msgspec
import pybase64
from isal import igzip_lib, isal_zlib

from trailbell.errors import UnreadableError
from trailbell.preview import lowered, one_line

GZIP_MAGIC = b"\x1f\x8b"

# Its stub takes the class for an instance.
_IsalError: type[Exception] = igzip_lib.error  # type: ignore[assignment]

_MEMBER = b"\x1f\x8b\x08"
_GZIP = 31
_ZLIB = 15
_STEP = 1 << 20
"""The most bytes that one step of inflating may give."""

_SMALL_STEP = 1 << 14

_KEPT = 1 << 20
"""How many compressed bytes of a member are kept to read it again up to the spot where it broke."""

_MOST_PER_BYTE = 1032
"""Deflate gives at most so many bytes for one: https://zlib.net/zlib_tech.html."""

_LONGEST_REASON = 160

_LAST_TIMESTAMP = 253_402_300_799_999
"""The last millisecond of the year 9999, the last that a calendar of four digits can show."""


class PayloadEvent(msgspec.Struct, frozen=True):
    """Hold one entry of ``logEvents``; ``timestamp`` is in milliseconds since the epoch."""

    id: str
    timestamp: Annotated[int, msgspec.Meta(ge=0, le=_LAST_TIMESTAMP)]
    message: str


class Payload(msgspec.Struct, frozen=True, rename="camel"):
    """Hold what CloudWatch Logs sends to a subscriber, as the payload schema describes it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """

    message_type: Literal["DATA_MESSAGE", "CONTROL_MESSAGE"]
    owner: str
    log_group: str
    log_stream: str
    subscription_filters: list[str]
    log_events: list[PayloadEvent]


class OpenedPayload(msgspec.Struct, frozen=True):
    """Hold a payload, and the indexes of its events whose message had to be mended.

    A message is mended where it held bytes that are not UTF-8, or half a surrogate pair: these
    are U+FFFD now.
    """

    payload: Payload
    mended: frozenset[int] = frozenset()


_payloads = msgspec.json.Decoder(Payload)
_surrogates = re.compile("[\ud800-\udfff]")


def open_subscription(data: str | bytes, cap: int) -> OpenedPayload:
    """Open the value of ``awslogs.data``: base64 of gzip of a payload.

    ``cap`` is the most bytes that the payload may inflate to. Raises UnreadableError.
    """
    return read_payload(gunzip(unbase64(data), cap))


def unbase64(data: str | bytes) -> bytes:
    """Decode base64 with the standard alphabet and its padding. Raises UnreadableError."""
    try:
        return pybase64.b64decode(data, validate=True)
    except ValueError as exc:
        raise UnreadableError("is not base64") from exc


def gunzip(data: bytes, cap: int) -> bytes:
    """Inflate all members of a gzip, or a zlib stream, to at most ``cap`` bytes.

    Raises UnreadableError where it breaks off, lies about its length or checksum, holds anything
    after its end (zeros are padding), or inflates past the cap.
    """
    if data.startswith(GZIP_MAGIC):
        inflated = _one_member(data, cap)
        return _collected(inflate([data]), cap) if inflated is None else inflated
    if _opens_as_zlib(data):
        return _collected(inflate([data], wbits=_ZLIB), cap)
    raise UnreadableError("is neither gzip nor zlib")


def _one_member(data: bytes, cap: int) -> bytes | None:
    """Inflate a gzip that holds one member for certain; None where the slow way must judge.

    libdeflate neither says how much of its input it used nor looks behind the first member. So
    it is asked only where no second one can begin, and believed only where the last eight bytes
    are the checksum and length of what it gave.
    """
    length = int.from_bytes(data[-4:], "little")
    # The length field is the sender's claim. libdeflate allocates by it, and where it is zero (an
    # empty text, or padding) gives nothing and calls that a success.
    if not length or length > min(cap, len(data) * _MOST_PER_BYTE) or data.find(_MEMBER, 1) >= 0:
        return None
    try:
        inflated = bytes(deflate.gzip_decompress(data))
    except (deflate.DeflateError, ValueError):
        return None
    trailer = deflate.crc32(inflated).to_bytes(4, "little") + len(inflated).to_bytes(4, "little")
    return inflated if data.endswith(trailer) and len(inflated) <= cap else None


def _opens_as_zlib(data: bytes) -> bool:
    """Tell whether two bytes are a zlib header, by RFC 1950."""
    deflated = len(data) > 1 and data[0] & 0x0F == zlib.DEFLATED
    return deflated and int.from_bytes(data[:2], "big") % 31 == 0


def _collected(pieces: Iterable[bytes], cap: int) -> bytes:
    """Join what is inflated. Raises UnreadableError past the cap."""
    collected = bytearray()
    for piece in pieces:
        collected += piece
        if len(collected) > cap:
            raise UnreadableError(f"inflates past {cap:,} bytes")
    return bytes(collected)


def inflate(chunks: Iterable[bytes], wbits: int = _GZIP) -> Iterator[bytes]:
    """Inflate a gzip of any number of members piece by piece, in bounded memory.

    What stands before a break is given first; then UnreadableError says what is wrong.
    """
    member: _Member | None = None
    members = 0
    for chunk in chunks:
        rest = chunk
        while rest:
            if member is None:
                if members and not rest.strip(b"\0"):
                    break
                if members and not rest.startswith(GZIP_MAGIC[: len(rest)]):
                    raise UnreadableError("has something behind its compressed data")
                member = _Member(wbits)
            yield from member.feed(rest)
            if not member.ended:
                break
            rest = member.rest
            members += 1
            member = None
    if member is not None or not members:
        raise UnreadableError("breaks off before the end of its compressed data")


class _Member:
    """Inflate one member, and remember enough of it to save what stands before a break."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inflater = isal_zlib.decompressobj(wbits)
        self._fed: list[bytes] = []
        self._fed_bytes = 0
        self._given = 0

    @property
    def ended(self) -> bool:
        """Tell whether the member is complete, with a checksum and a length that hold."""
        return self._inflater.eof

    @property
    def rest(self) -> bytes:
        """Give the bytes behind the member's end."""
        return self._inflater.unused_data

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Inflate the next bytes of the member. Raises UnreadableError where they are wrong."""
        if self._fed_bytes <= _KEPT:
            self._fed.append(data)
            self._fed_bytes += len(data)
        while True:
            try:
                piece = self._inflater.decompress(data, _STEP)
            except _IsalError as exc:
                yield from self._saved()
                raise UnreadableError(self._reason(exc)) from exc
            self._given += len(piece)
            if piece:
                yield piece
            data = self._inflater.unconsumed_tail
            if self.ended or not (data or len(piece) == _STEP):
                return

    def _saved(self) -> Iterator[bytes]:
        """Give what the failed step had inflated before it failed.

        The fast inflater keeps that to itself, so the start of the member is inflated again by
        zlib, from copy to copy of its state, and from the last good one byte by byte.
        """
        if self._fed_bytes > _KEPT:
            return
        inflater, data, given = zlib.decompressobj(self._wbits), b"".join(self._fed), 0
        for piece in _until_broken(inflater, data):
            given += len(piece)
            if given > self._given:
                yield piece[max(0, len(piece) - (given - self._given)) :]
                self._given = given

    def _reason(self, exc: Exception) -> str:
        """Say in a clause what the inflater found wrong."""
        if "checksum" in str(exc):
            return "does not fit the checksum or length that stands at its end"
        if not self._given:
            return "is damaged at the start of its compressed data"
        return f"is damaged in its compressed data, after {self._given:,} inflated bytes"


def _until_broken(inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """Inflate up to the very byte at which zlib refuses to go on."""
    while True:
        checkpoint = inflater.copy()
        try:
            piece = inflater.decompress(data, _SMALL_STEP)
        except zlib.error:
            break
        if not piece:
            return
        yield piece
        data = inflater.unconsumed_tail
    with contextlib.suppress(zlib.error):
        for at in range(len(data)):
            yield checkpoint.decompress(data[at : at + 1])


def read_payload(data: bytes) -> OpenedPayload:
    """Read the JSON of a payload. Raises UnreadableError where the payload schema refuses it.

    The names in it are not judged: AWS's constraints on them are no reason to lose a match.
    """
    try:
        opened = OpenedPayload(_payloads.decode(data))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Half surrogates, bytes that are not UTF-8, and keys that stand twice are no reason to
        # lose events: the standard decoder is slower and takes them.
        opened = _read_slowly(data)
    payload = opened.payload
    if payload.message_type == "DATA_MESSAGE" and not all(e.id for e in payload.log_events):
        raise UnreadableError("has the wrong shape: an event with an empty id")
    return opened


def _read_slowly(data: bytes) -> OpenedPayload:
    """Read a payload with the standard decoder, and mend what cannot be encoded again."""
    value = parse_json(data.decode("utf-8", "surrogateescape"))
    for event in _entries(value):
        time = event.get("timestamp")
        # To JSON Schema (draft-07) 1.0 is an integer.
        if isinstance(time, float) and time.is_integer():
            event["timestamp"] = int(time)
    try:
        payload = msgspec.convert(value, Payload)
    except msgspec.ValidationError as exc:
        raise wrong_shape(exc) from exc
    broken = (i for i, event in enumerate(payload.log_events) if _surrogates.search(event.message))
    return OpenedPayload(_mended(payload), frozenset(broken))


def wrong_shape(exc: msgspec.ValidationError) -> UnreadableError:
    """Tell why a value does not fit; the reason may quote what somebody wrote."""
    return UnreadableError(f"has the wrong shape: {one_line(lowered(str(exc)), _LONGEST_REASON)}")


def _entries(payload: object) -> Iterator[dict[str, object]]:
    entries = payload.get("logEvents") if isinstance(payload, dict) else None
    return (e for e in (entries if isinstance(entries, list) else ()) if isinstance(e, dict))


def _mended(payload: Payload) -> Payload:
    """Put U+FFFD in the place of every half surrogate."""
    return Payload(
        payload.message_type,
        _mend(payload.owner),
        _mend(payload.log_group),
        _mend(payload.log_stream),
        [_mend(name) for name in payload.subscription_filters],
        [PayloadEvent(_mend(e.id), e.timestamp, _mend(e.message)) for e in payload.log_events],
    )


def _mend(text: str) -> str:
    return _surrogates.sub("\ufffd", text)


def parse_json(text: str) -> object:
    """Parse all that is legal JSON: half surrogates and numbers of any size too, but not NaN.

    Raises UnreadableError where it is not JSON, or nested deeper than the interpreter can go.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_whole_number)
    except json.JSONDecodeError as exc:
        raise UnreadableError(f"is not JSON: {lowered(exc.msg)} (character {exc.pos})") from exc
    except RecursionError as exc:
        raise UnreadableError("is nested too deep") from exc


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableError(f"is not JSON: {name} is no JSON number")


def _whole_number(digits: str) -> float:
    # The interpreter refuses to convert more than 4,300 digits (CVE-2020-10735).
    return int(digits) if len(digits) < 1000 else float(digits)  # noqa: PLR2004  far below it
