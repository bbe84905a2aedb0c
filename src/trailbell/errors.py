"""The exceptions of Trailbell.

.. code-block:: text

    TrailbellError
    ├── PatternSyntaxError      a filter pattern that cannot be compiled (also a ValueError)
    ├── UnreadableError         a piece of input that gives no event
    ├── ConfigurationError      a rule file, a configuration or an option that is wrong
    └── StoreError              a store that cannot be opened, or that another run holds
"""


class TrailbellError(Exception):
    """Stand for everything that Trailbell raises on purpose."""


class PatternSyntaxError(TrailbellError, ValueError):
    """Say where and why a filter pattern is not legal.

    ``start`` and ``end`` are offsets in characters into ``pattern``; ``reason`` is a clause in the
    words of the language; ``hint`` is what was probably meant, or None. As text, the error shows
    the pattern with a caret under the place, cut round it where the pattern is long.
    """

    def __init__(
        self, pattern: str, start: int, end: int, reason: str, hint: str | None = None
    ) -> None:
        super().__init__(pattern, start, end, reason, hint)
        self.pattern = pattern
        self.start = start
        self.end = end
        self.reason = reason
        self.hint = hint

    def __str__(self) -> str:
        lines = [self.reason, *drawn(self.pattern, self.start, self.end)]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class UnreadableError(TrailbellError):
    """Say why a piece of input gives no event; the text is a clause without the place."""


class ConfigurationError(TrailbellError):
    """Say what is wrong in a rule file, a configuration or an option, where, and what to do."""


class StoreError(TrailbellError):
    """Say why the store cannot be used."""


_WIDTH = 88
"""How many characters of a pattern an error shows."""


def drawn(pattern: str, start: int, end: int) -> tuple[str, str]:
    """Draw a pattern on one line, and under it a caret where the span from start to end ends."""
    line = "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in pattern)
    caret = max(start, end - 1)
    # A third of what is shown comes after the caret, unless the pattern ends before.
    left = max(0, min(caret - _WIDTH * 2 // 3, len(line) - _WIDTH))
    right = min(len(line), left + _WIDTH)
    shown = ("…" if left else "") + line[left:right] + ("…" if right < len(line) else "")
    start = max(start, left)
    marks = " " * (start - left + bool(left)) + "~" * (caret - start) + "^"
    return f"    {shown}", f"    {marks}"
