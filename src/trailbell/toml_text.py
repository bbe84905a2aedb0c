"""TOML written: keys, and the values that rule files and configurations have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date

from trailbell.preview import UNPRINTABLE

_BARE = re.compile(r"[A-Za-z0-9_-]+")

Value = str | int | float | date | list["Value"] | tuple["Value", ...] | Mapping[str, "Value"]
"""What can be written; numbers are finite."""


def key_text(name: str) -> str:
    """Return a key as it is written: bare where it may be, else in quotes."""
    return name if _BARE.fullmatch(name) else value_text(name)


def value_text(value: Value) -> str:
    """Return a value on one line; a table stands in braces.

    A text with quotes or backslashes, such as most patterns, stands in single quotes where it may,
    so that it reads as it is.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        literal = ('"' in value or "\\" in value) and "'" not in value
        if literal and not UNPRINTABLE.search(value):
            return f"'{value}'"
        # A JSON text is a TOML text, but for a lone surrogate, which neither a TOML file nor UTF-8
        # can hold. What nobody would see is escaped, so that a text reads as what it is.
        sound = json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False)
        return UNPRINTABLE.sub(lambda sign: f"\\U{ord(sign[0]):08x}", sound)
    if isinstance(value, Mapping):
        pairs = (f"{key_text(name)} = {value_text(item)}" for name, item in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    return value.isoformat() if isinstance(value, date) else f"{value}"


def table_text(header: str, pairs: Iterable[tuple[str, Value]]) -> str:
    """Return a table: its header in brackets, such as ``[[except]]``, and a line a key."""
    lines = [header, *(f"{key_text(name)} = {value_text(value)}" for name, value in pairs)]
    return "\n".join(lines) + "\n"
