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
    words of the language; ``hint`` is what was probably meant, or None.
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


class UnreadableError(TrailbellError):
    """Say why a piece of input gives no event; the text is a clause without the place."""


class ConfigurationError(TrailbellError):
    """Say what is wrong in a rule file, a configuration or an option, where, and what to do."""


class StoreError(TrailbellError):
    """Say why the store cannot be used."""
