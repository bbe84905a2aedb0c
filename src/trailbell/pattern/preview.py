"""Show values in one short printable line, whoever wrote them."""

from __future__ import annotations

from trailbell.pattern.document import Number, Value

LIMIT = 80
"""The longest preview, in characters."""


def preview(text: str, limit: int = LIMIT) -> str:
    """Give the beginning of a text, with an escape for what cannot be printed."""
    shown = "".join(map(_printable, text[: limit + 1]))
    return shown if len(text) <= limit and len(shown) <= limit else f"{shown[: limit - 1]}…"


def preview_value(value: Value) -> str:
    """Give a value of a JSON object: texts in quotes, and of objects and arrays only the size."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Number):
        return preview(value)
    if isinstance(value, str):
        return f'"{preview(value, LIMIT - 2)}"'
    size = len(value) if isinstance(value, dict | list) else 0
    if isinstance(value, dict):
        return f"an object of {size}"
    return f"an array of {size}"


def _printable(sign: str) -> str:
    """Give a character, or its escape."""
    return sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
