"""Scan many messages as one text, and say which rules may hold on each."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trailbell.engine.scanner import Hit

_BORDER = b"\0"


def joined(messages: Sequence[str]) -> tuple[bytes, list[int]]:
    """Join messages to one text, and give the offset at which each of them ends in it.

    The text begins with the border that stands between two messages, and ends with it.
    """
    encoded = [message.encode("utf-8", "surrogatepass") for message in messages]
    ends = list(accumulate((len(text) + len(_BORDER) for text in encoded), initial=0))[1:]
    return b"".join((_BORDER, _BORDER.join(encoded), _BORDER)), ends


def rules_by_place(hits: Iterable[Hit], ends: Sequence[int]) -> dict[int, int]:
    """Give the rules of the hits for each message that has any, by its place.

    ``ends`` are the offsets at which the messages end, with one byte between two of them, into
    which a hit may reach.
    """
    found: dict[int, int] = {}
    place = 0
    for offset, rules in hits:
        place = bisect_left(ends, offset - 1, place)
        found[place] = found.get(place, 0) | rules
    return found
