"""Why a Sigma rule is not imported."""

from __future__ import annotations

import enum

from trailbell.errors import TrailbellError


class Kind(enum.StrEnum):
    """Name the kinds of reasons, in the words of the summary."""

    OTHER_SOURCE = "of another log source"
    INEXPRESSIBLE = "not expressible"
    CORRELATION = "correlations or filters"
    BROKEN = "broken"


class RefusedError(TrailbellError):
    """Say why a rule is not imported; the text is a clause without the place."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def inexpressible(reason: str) -> RefusedError:
    """Make the refusal of what the language cannot say."""
    return RefusedError(Kind.INEXPRESSIBLE, reason)
