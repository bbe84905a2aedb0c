"""Log messages as a person reads them: JSON on lines of its own, everything else as it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trailbell.preview import printable
from trailbell.render.json_text import parse_json, pretty_json

WIDTH = 88
# An escaped line end, after an even number of backslashes: two of them stand for one.
_LINE_END = re.compile(r"((?<!\\)(?:\\\\)*)(?:\\r)?\\n")
LONGEST_LAID_OUT = 20_000
"""Characters of a message up to which its JSON is laid out; more is no help to a reader."""


def readable(message: str) -> str:
    """Return a message without control characters; a long JSON object is laid out on lines.

    Line ends in its strings become lines as well, so that a traceback can be read. A short object
    stays on its line, and so does one that would lose something: a key that is there twice.
    """
    text = printable(message).strip("\n")
    if not WIDTH < len(text) <= LONGEST_LAID_OUT or not text.lstrip().startswith(("{", "[")):
        return text
    try:
        value = parse_json(text, keys_once=True)
        laid_out = pretty_json(value, WIDTH)
    except (ValueError, RecursionError):
        return text
    return _LINE_END.sub("\\1\n", laid_out) if isinstance(value, dict | list) else text


def fitting(messages: Sequence[str], room: int) -> tuple[str, int]:
    """Return the first of the messages that ``readable`` gave, and how many of them fit.

    ``room`` is in characters. The first is shown in any case, cut where it has to be, and says by
    how much.
    """
    if len(messages[0]) > room:
        kept = room - len(f"… {len(messages[0]):,} characters cut")
        return f"{messages[0][:kept]}… {len(messages[0]) - kept:,} characters cut", 1
    number, used = 0, 0
    for message in messages:
        # Two line ends at most stand between two messages.
        used += len(message) + 2
        if used - 2 > room:
            break
        number += 1
    return _joined(messages[:number]) or "(empty)", number


def _joined(messages: Sequence[str]) -> str:
    """Join messages that ``readable`` gave; an empty line parts them where one has several."""
    return ("\n\n" if any("\n" in message for message in messages) else "\n").join(messages)
