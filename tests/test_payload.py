"""Gzip, base64 and the JSON of subscription payloads."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.errors import UnreadableError
from trailbell.payload import (
    OpenedPayload,
    Payload,
    PayloadEvent,
    gunzip,
    inflate,
    open_subscription,
    parse_json,
    read_payload,
    unbase64,
)

CAP = 1 << 20
TEXT = b"".join(b"line %d of a log that is compressed\n" % n for n in range(200))
ZIPPED = gzip.compress(TEXT, mtime=0)


def flushed(*texts: bytes) -> bytes:
    """Compress texts into one member of several blocks, as a logger does that flushes."""
    compressor = zlib.compressobj(wbits=31)
    return (
        b"".join(compressor.compress(text) + compressor.flush(zlib.Z_FULL_FLUSH) for text in texts)
        + compressor.flush()
    )


def named() -> bytes:
    """Write a gzip whose header has a file name that looks like another member."""
    return ZIPPED[:3] + b"\x08" + ZIPPED[4:10] + b"\x1f\x8b\x08name\0" + ZIPPED[10:]


@pytest.mark.parametrize(
    ("zipped", "text"),
    [
        (ZIPPED, TEXT),
        (gzip.compress(b""), b""),
        (ZIPPED + ZIPPED, TEXT + TEXT),
        (gzip.compress(b"") + ZIPPED + gzip.compress(b"x"), TEXT + b"x"),
        (ZIPPED + bytes(20), TEXT),
        (gzip.compress(b"") + bytes(20), b""),
        (flushed(b"a", b"b", TEXT), b"ab" + TEXT),
        (named(), TEXT),
        (gzip.compress(b"\x1f\x8b\x08", compresslevel=0), b"\x1f\x8b\x08"),
        (zlib.compress(TEXT), TEXT),
        (zlib.compress(TEXT, 1), TEXT),
        (zlib.compress(b""), b""),
    ],
    ids=[
        "one member", "empty", "two members", "empty members", "padded", "empty and padded",
        "flushed", "a header with a name", "stored blocks that look like a member",
        "zlib", "zlib, fastest", "zlib, empty",
    ],
)  # fmt: skip
def test_what_is_compressed_inflates_whole(zipped: bytes, text: bytes) -> None:
    """All members of a gzip are inflated, and zlib is taken too."""
    assert text == gunzip(zipped, CAP)


DAMAGED = {
    "nothing": (b"", "is neither gzip nor zlib"),
    "text": (b"hello", "is neither gzip nor zlib"),
    "a magic number alone": (b"\x1f\x8b", "breaks off before the end of its compressed data"),
    "another method": (
        b"\x1f\x8b\x07" + ZIPPED[3:],
        "is damaged at the start of its compressed data",
    ),
    "no trailer": (ZIPPED[:-8], "breaks off before the end of its compressed data"),
    "a wrong checksum": (
        ZIPPED[:-8] + b"\0\0\0\0" + ZIPPED[-4:],
        "does not fit the checksum or length that stands at its end",
    ),
    "a length that lies": (
        ZIPPED[:-4] + struct.pack("<I", len(TEXT) - 1),
        "does not fit the checksum or length that stands at its end",
    ),
    "a length that lies boldly": (
        ZIPPED[:-4] + b"\xff\xff\xff\xff",
        "does not fit the checksum or length that stands at its end",
    ),
    "trailing garbage": (ZIPPED + b"garbage", "has something behind its compressed data"),
    "a trailing byte": (ZIPPED + b"\x01", "has something behind its compressed data"),
    "half a second member": (
        ZIPPED + ZIPPED[:30],
        "breaks off before the end of its compressed data",
    ),
    "zlib with a wrong checksum": (
        zlib.compress(TEXT)[:-1] + b"\0",
        "does not fit the checksum or length that stands at its end",
    ),
    "zlib with something behind it": (
        zlib.compress(TEXT) + b"x",
        "has something behind its compressed data",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_error_damaged(name: str) -> None:
    """What is damaged is refused with a reason."""
    data, reason = DAMAGED[name]
    with pytest.raises(UnreadableError) as caught:
        gunzip(data, CAP)
    assert reason == str(caught.value)


@pytest.mark.parametrize("data", [ZIPPED, ZIPPED + ZIPPED, zlib.compress(TEXT)])
def test_error_cut_off_anywhere(data: bytes) -> None:
    """Cut at any byte but between members, compressed data is refused."""
    whole = {len(ZIPPED)} if data.startswith(ZIPPED) else set()
    for cut in range(len(data)):
        if cut not in whole:
            with pytest.raises(UnreadableError):
                gunzip(data[:cut], CAP)


@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(bytes(CAP + 1)),
        gzip.compress(bytes(CAP)) + gzip.compress(b"x"),
        gzip.compress(bytes(CAP + 1))[:-4] + bytes(4),
        zlib.compress(bytes(CAP + 1)),
        b"".join([gzip.compress(bytes(CAP // 8))] * 100),
    ],
    ids=["one byte", "the second member", "a length that lies", "zlib", "many members"],
)
def test_error_inflates_past_the_cap(bomb: bytes) -> None:
    """What inflates past the cap is refused, whatever its length field says."""
    with pytest.raises(UnreadableError) as caught:
        gunzip(bomb, CAP)
    assert "inflates past 1,048,576 bytes" == str(caught.value)


def test_the_cap_itself_is_allowed() -> None:
    """A text of exactly as many bytes as the cap is inflated."""
    assert bytes(CAP) == gunzip(gzip.compress(bytes(CAP)), CAP)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(1, 50))
def test_pieces_of_any_size_inflate_to_the_same(texts: list[bytes], size: int) -> None:
    """It does not matter how the compressed bytes are cut into pieces."""
    zipped = b"".join(map(gzip.compress, texts))
    pieces = [zipped[at : at + size] for at in range(0, len(zipped), size)]
    assert b"".join(texts) == b"".join(inflate(pieces)) == gunzip(zipped, CAP)


@given(st.binary(max_size=200), st.integers(0), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_changes_nothing(text: bytes, at: int, flip: int) -> None:
    """No damage gives another text; only header bytes that mean nothing may change."""
    zipped = bytearray(gzip.compress(text))
    zipped[at % len(zipped)] ^= flip
    try:
        inflated = gunzip(bytes(zipped), CAP)
    except UnreadableError:
        return
    assert text == inflated


def until_broken(pieces: list[bytes]) -> tuple[bytes, str]:
    """Inflate up to the break, and say how it is told."""
    given_first = bytearray()
    try:
        for piece in inflate(pieces):
            given_first += piece
    except UnreadableError as exc:
        return bytes(given_first), str(exc)
    return bytes(given_first), ""


@pytest.mark.parametrize("size", [7, 1 << 30])
def test_what_stands_before_the_damage_is_given_first(size: int) -> None:
    """A wrong checksum costs nothing of the text, a damaged block only what follows it."""
    data = ZIPPED[:-8] + b"\0\0\0\0" + ZIPPED[-4:]
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    reason = "does not fit the checksum or length that stands at its end"
    assert (TEXT, reason) == until_broken(pieces)


def test_damage_in_a_large_member_costs_little() -> None:
    """Of a member that is too large to be read twice, all but the last step is given."""
    text = bytes(range(256)) * 64
    large = zlib.compressobj(0, wbits=31)
    data = b"".join(large.compress(text) for _ in range(300)) + large.flush()
    data, size = data[:-8] + bytes(8), 1 << 17
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    given_first, reason = until_broken(pieces)
    assert "does not fit the checksum or length that stands at its end" == reason
    assert len(text) * 300 - len(given_first) <= size


@pytest.mark.parametrize("data", ["AA=A", "A", "====", "A A=", "QUJD\n", "QU-_", "é", b"\xff\xff"])
def test_error_not_base64(data: str | bytes) -> None:
    """What is not base64 to the letter is refused."""
    with pytest.raises(UnreadableError) as caught:
        unbase64(data)
    assert "is not base64" == str(caught.value)


PAYLOAD: dict[str, Any] = {
    "messageType": "DATA_MESSAGE",
    "owner": "111122223333",
    "logGroup": "group",
    "logStream": "stream",
    "subscriptionFilters": ["filter"],
    "logEvents": [{"id": "1", "timestamp": 1700000000000, "message": "hello"}],
}


def opened(message: str, *, mended: bool = False) -> OpenedPayload:
    """Give the payload above with another message."""
    event = PayloadEvent("1", 1700000000000, message)
    return OpenedPayload(
        Payload("DATA_MESSAGE", "111122223333", "group", "stream", ["filter"], [event]),
        frozenset([0] if mended else []),
    )


def test_a_subscription_is_opened_through_all_its_layers() -> None:
    """Base64 as text or bytes is opened down to the events."""
    data = base64.b64encode(gzip.compress(json.dumps(PAYLOAD).encode()))
    assert opened("hello") == open_subscription(data, CAP)
    assert opened("hello") == open_subscription(data.decode(), CAP)


def payload_with(message: str, extra: str = "") -> bytes:
    """Write the payload above, with a message as it is to stand in the JSON."""
    text = json.dumps(PAYLOAD)[:-1] + extra + "}"
    return text.replace('"hello"', message).encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (payload_with(r'"\ud800"'), opened("\ufffd", mended=True)),
        (payload_with(r'"a\udc00\ud800b"'), opened("a\ufffd\ufffdb", mended=True)),
        (payload_with(r'"\ud83d\ude00"'), opened("\U0001f600")),
        (payload_with('"caf\udce9"'), opened("caf\ufffd", mended=True)),
        (payload_with('"\ufffd"', r', "x": "\ud800"'), opened("\ufffd")),
        (payload_with('"a"', ', "x": 1e999'), opened("a")),
        (payload_with('"a"', f', "x": {"9" * 5000}'), opened("a")),
        (payload_with('"a"', ', "extractedFields": null, "policyLevel": 3'), opened("a")),
        (payload_with('7, "message": "a"'), opened("a")),
    ],
)
def test_odd_but_legal_payloads_lose_no_event(data: bytes, expected: OpenedPayload) -> None:
    """What some decoders refuse costs no event; only a message that changed is mended."""
    assert expected == read_payload(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not JSON: expecting value (character 0)"),
        (payload_with("NaN"), "is not JSON: NaN is no JSON number"),
        (payload_with('"a"', ', "x": ' + "[" * 100_000), "is nested too deep"),
        (payload_with('"a"', ', "x": ' + "[" * 1500 + "]" * 1500), "is nested too deep"),
        (b"[]", "has the wrong shape: expected `object`, got `array`"),
        (
            b'{"messageType": "' + b"x" * 1000 + b'"}',
            f"has the wrong shape: invalid enum value '{'x' * 139}…",
        ),
        (
            b'{"messageType": "\\u001b[31m"}',
            r"has the wrong shape: invalid enum value '\x1b[31m' - at `$.messageType`",
        ),
        (
            payload_with("3"),
            "has the wrong shape: expected `str`, got `int` - at `$.logEvents[0].message`",
        ),
    ],
)
def test_error_payload(data: bytes, reason: str) -> None:
    """What is no payload is refused with a reason."""
    with pytest.raises(UnreadableError) as caught:
        read_payload(data)
    assert reason == str(caught.value)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
))  # fmt: skip
def test_all_that_is_json_is_parsed(value: object) -> None:
    """Whatever the standard library writes as JSON is read back."""
    assert value == parse_json(json.dumps(value))


@given(st.binary() | st.binary().map(gzip.compress))
def test_no_bytes_break_the_layers(data: bytes) -> None:
    """Any bytes are opened or refused with an UnreadableError."""
    for layer in (read_payload, lambda d: gunzip(d, CAP), lambda d: open_subscription(d, CAP)):
        try:
            layer(data)
        except UnreadableError as exc:
            assert str(exc)  # noqa: PT017 - either outcome is right
