"""Find what rules need in many bytes; in C, see src/bytescan."""

from collections.abc import Iterable, Sequence

from typing_extensions import Buffer

KERNELS: tuple[str, ...]
"""The kernels that run on this processor, the fastest first: avx512, avx2, neon, plain.

They give the same; ``kernel`` names one to be used.
"""

class Finder:
    """Find literals, and tokens that are numbers, in one pass over bytes.

    ``literals``: for each its bytes, 3 or more, the offset of the window of four bytes by which
    it is recognised, and the bucket of that window, from 0 on. ``numbers``: 0 for none, 1 in
    messages as they are, 2 in payloads, which leave 8, 6 and 5 buckets. ``spans``, 62 at most, are
    the numbers that are wanted: at which place among the tokens of a message, counted from 0 or
    from -1 backwards, from which to which double. ``anywhere`` says that numbers are wanted too
    wherever they stand. Threads can share it. Raises ValueError and TypeError.
    """

    def __init__(
        self,
        literals: Iterable[tuple[bytes, int, int]],
        numbers: int = 0,
        spans: Sequence[tuple[int, float, float]] = (),
        anywhere: bool = False,
        *,
        kernel: str | None = None,
    ) -> None: ...
    def find(self, data: Buffer, /) -> tuple[list[tuple[int, int]], bytes]:
        """Find all there is.

        Gives the offset behind each literal, and the place of the literal in the list; and the
        numbers, for ``placed``.
        """

    def placed(
        self, data: Buffer, numbers: bytes, start: int = 0, ends: Buffer = b"", /
    ) -> list[tuple[int, int]]:
        """Tell of numbers that were found which stand where they are wanted, with such a value.

        Gives the offset behind each that may be wanted, and a bit for each of the spans, and bit 62
        where it is enough that it is a number. What stands in quotes or brackets has all bits. Of
        a message that holds many, those that add no bit may be left out.
        Messages as they are stand one byte apart, from ``start`` up to their ``ends``: an unsigned
        integer of 64 bits for each.
        """

def record_ends(data: Buffer, start: int, *, kernel: str | None = None) -> bytes | None:
    """Find where the records end that stand from ``start`` on, by the brackets outside strings.

    Gives an unsigned integer of 64 bits for each. None where they do not stand one comma apart up
    to the ``]}`` with which the data ends. What stands between the brackets is not looked at.
    """

def entry_around(data: Buffer, start: int, offset: int, /) -> tuple[int, int]:
    """Find the entry of a payload that holds the byte before an offset, from ``start`` on.

    It begins with the last ``{"id":"`` before, and ends before the next one, or the end of the
    payload. Raises ValueError where the offset is not behind ``start``.
    """

def holds(data: Buffer, needle: bytes, start: int, *, kernel: str | None = None) -> bool:
    """Tell whether data holds a needle of two bytes or more from ``start`` on."""
