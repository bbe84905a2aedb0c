"""A JSON record as text that a person reads: dense, whole where it fits, valid JSON in any case."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from trailbell.preview import UNPRINTABLE

# Characters that a value keeps at least, on lines of its own and else.
_SHORTEST_CAP_LAID_OUT = 200
_SHORTEST_CAP = 40
DEEPEST = 60
"""Levels of nesting that are shown; no service writes so many, and an attacker may."""


class Number(str):
    """Hold a number as it was written: 1.0 stays 1.0, and 1e999 does not become infinity."""

    __slots__ = ()


def parse_json(text: str, *, keys_once: bool = False) -> object:
    """Decode JSON, numbers as ``Number``.

    Raises ValueError for what is not JSON and, where ``keys_once``, for an object with a key that
    is there twice; RecursionError for what nests too deep.
    """
    return json.loads(
        text,
        parse_int=Number,
        parse_float=Number,
        parse_constant=Number,
        object_pairs_hook=_object if keys_once else None,
    )


def compact_json(value: object) -> str:
    """Return a value that ``parse_json`` gave as JSON on one line."""
    return "".join(_pieces(value))


def record_value(message: str) -> object:
    """Decode the record in a message; the message itself where its nesting is beyond decoding."""
    try:
        return parse_json(message)
    except (ValueError, RecursionError):
        return message


def pretty_json(value: object, width: int) -> str:
    """Return a value as indented JSON: what fits on a line of ``width`` characters is on one.

    What nests deeper than ``DEEPEST`` is replaced by a note.
    """
    return "\n".join(_lines(_shallow(value), "", width))


def fitted_json(value: object, width: int, room: int) -> tuple[str, int]:
    """Return a value as JSON of at most ``room`` characters, and how many were cut from it.

    Pretty where that fits, else compact, else with the longest values shortened, each with a note
    of what it lost, and pretty again unless that would cost too much of them. What nests deeper
    than ``DEEPEST`` is replaced by a note. ``room`` is at least 200.
    """
    value = _shallow(value)
    pretty = pretty_json(value, width)
    if len(pretty) <= room:
        return pretty, 0
    whole = compact_json(value)
    if len(whole) <= room:
        return whole, 0
    layouts: tuple[tuple[Callable[[object], str], int], ...] = (
        (lambda shorter: pretty_json(shorter, width), _SHORTEST_CAP_LAID_OUT),
        (compact_json, _SHORTEST_CAP),
    )
    for lay_out, least in layouts:
        if len(lay_out(_shortened(value, least))) > room:
            continue
        cap = room
        while len(text := lay_out(shorter := _shortened(value, cap))) > room:
            cap = max(least, cap * 2 // 3)
        return text, max(1, len(whole) - len(compact_json(shorter)))
    text = _outline(_shortened(value, _SHORTEST_CAP), room)
    return text, max(1, len(whole) - len(text))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object of its members. Raises ValueError where a key is there twice."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key is there twice")
    return fields


def _shallow(value: object, levels: int = DEEPEST) -> object:
    """Replace what nests deeper than so many levels by a note."""
    if not isinstance(value, dict | list) or not value:
        return value
    if not levels:
        return f"… nested deeper than {DEEPEST} levels"
    if isinstance(value, dict):
        return {key: _shallow(item, levels - 1) for key, item in value.items()}
    return [_shallow(item, levels - 1) for item in value]


def _shortened(value: object, cap: int) -> object:
    """Cut every string, and every key, above ``cap`` characters."""
    if isinstance(value, dict):
        return {_cut(key, cap): _shortened(item, cap) for key, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item, cap) for item in value]
    if isinstance(value, str):
        # A number of that length is not one that anybody reads.
        return value if len(value) <= cap else _cut(str(value), cap)
    return value


def _outline(value: object, room: int) -> str:
    """Return JSON of the fields that fit, the largest values replaced by a note of their size."""
    fields: dict[str, object] = dict(value) if isinstance(value, dict) else {"value": value}
    sizes = {key: len(compact_json(item)) for key, item in fields.items()}
    total = len(compact_json(fields))
    for key in sorted(sizes, key=sizes.__getitem__, reverse=True):
        note = f"… {sizes[key]:,} chars cut"
        gain = sizes[key] - len(_string(note))
        if gain <= 0:
            break
        fields[key] = note
        total -= gain
        if total <= room:
            return compact_json(fields)
    return _first_fields(fields, room)


def _first_fields(fields: Mapping[str, object], room: int) -> str:
    """Return JSON of the first fields that fit, and how many do not."""
    room -= len(compact_json({"…": f"{len(fields):,} fields cut"}))
    kept: dict[str, object] = {}
    for key, item in fields.items():
        room -= len(_string(key)) + len(compact_json(item)) + len(":,")
        if room < 0:
            break
        kept[key] = item
    return compact_json({**kept, "…": f"{len(fields) - len(kept):,} fields cut"})


def _cut(text: str, cap: int) -> str:
    """Return a text of about ``cap`` characters that says how many it lost."""
    return text if len(text) <= cap else f"{text[:cap]}… {len(text) - cap:,} chars cut"


def _pieces(value: object) -> Iterator[str]:
    """Yield compact JSON in pieces."""
    if isinstance(value, dict):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield f"{',' if number else ''}{_string(str(key))}:"
            yield from _pieces(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            yield "," if number else ""
            yield from _pieces(item)
        yield "]"
    else:
        yield _scalar(value)


def _lines(value: object, indent: str, width: int, head: str = "", tail: str = "") -> Iterator[str]:
    """Yield indented JSON line by line; ``head`` and ``tail`` stand before and after the value."""
    if not isinstance(value, dict | list) or not value:
        yield f"{indent}{head}{_spaced(value)}{tail}"
        return
    if _room_left(value, width) >= 0:
        line = f"{indent}{head}{_spaced(value)}{tail}"
        if len(line) <= width:
            yield line
            return
    inner = indent + "  "
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield f"{indent}{head}{opening}"
    items = list(value.items()) if isinstance(value, dict) else [(None, item) for item in value]
    for number, (key, item) in enumerate(items, 1):
        name = "" if key is None else f"{_string(key)}: "
        yield from _lines(item, inner, width, name, "," if number < len(items) else "")
    yield f"{indent}{closing}{tail}"


def _room_left(value: object, room: int) -> int:
    """Return about what is left of a line once a value stands on it; below 0 it does not fit.

    Stops looking as soon as that is known, since a value may be a megabyte long.
    """
    if isinstance(value, str):
        return room - len(value)
    if not isinstance(value, dict | list):
        return room - 4
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        room = _room_left(item, room - 2 - len(str(key)))
        if room < 0:
            break
    return room


def _spaced(value: object) -> str:
    """Return a value on one line, with a blank after colons and commas."""
    if isinstance(value, dict):
        inside = ", ".join(f"{_string(str(key))}: {_spaced(item)}" for key, item in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_spaced, value))}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    """Return a scalar as JSON."""
    if isinstance(value, Number):
        return str(value)
    return _string(value) if isinstance(value, str) else json.dumps(value)


def _string(text: str) -> str:
    """Return a text as a JSON string in which every character can be seen.

    What would hide, reverse or move text is written as an escape, so that nothing is lost.
    """
    quoted = json.dumps(text, ensure_ascii=False)
    return UNPRINTABLE.sub(_escape, quoted)


def _escape(found: re.Match[str]) -> str:
    # Beyond 16 bits JSON takes two escapes, which the standard encoder knows.
    return json.dumps(found[0])[1:-1]
