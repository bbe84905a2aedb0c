"""Bytes as they come → bytes to scan: base64 and gzip at the full speed of their libraries."""

from __future__ import annotations

import deflate

from trailbell.engine.bytescan import holds
from trailbell.payload import gunzip

_MEMBER = b"\x1f\x8b\x08"
_PLAIN_HEADER = b"\x1f\x8b\x08\0"
"""A header without a file name, a comment or anything else of a length of its own: RFC 1952."""
_HEADER, _TRAILER = 10, 8
_MOST_PER_BYTE = 1032
"""Deflate gives at most so many bytes for one: https://zlib.net/zlib_tech.html."""


def inflated(data: bytes, cap: int) -> bytes | bytearray:
    """Inflate as ``trailbell.payload.gunzip`` does, sooner where there is one plain member.

    libdeflate does not say how much of its input it used. So it is asked only where no second
    member can begin, and believed only where the last eight bytes are the checksum and length of
    what it gave; all else is left to ``gunzip``. Raises UnreadableError.
    """
    length = int.from_bytes(data[-4:], "little")
    plausible = 0 < length <= min(cap, len(data) * _MOST_PER_BYTE)
    if plausible and data.startswith(_PLAIN_HEADER) and not holds(data, _MEMBER, 1):
        try:
            # Without its header and trailer, so that the checksum is worked out only once.
            found = deflate.deflate_decompress(memoryview(data)[_HEADER:-_TRAILER], length)
        except (deflate.DeflateError, ValueError):
            return gunzip(data, cap)
        checksum = deflate.crc32(found).to_bytes(4, "little")
        if len(found) == length and data[-8:-4] == checksum:
            # As it is: a copy to bytes would cost as much as the scan.
            return found
    return gunzip(data, cap)
