"""What is wrong, or doubtful, in rules."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """Say how bad a complaint is."""

    ERROR = "error"
    """The rule cannot run."""
    FINDING = "finding"
    """The rule runs, and probably does not do what its author thinks."""
    NOTE = "note"
    """Something that is worth knowing."""


class Complaint(msgspec.Struct, frozen=True):
    """Say what is wrong in a rule, where, and what to do.

    ``place`` is file and line; ``part`` names a pattern or an exception of the rule. ``code`` names
    the kind of complaint. Where it is about a place in a pattern, that is ``pattern``, with the
    offsets ``start`` and ``end`` in characters, and ``suggestion`` is the pattern that was probably
    meant.
    """

    level: Level
    code: str
    place: str
    rule: str
    reason: str
    part: str = ""
    pattern: str = ""
    start: int = 0
    end: int = 0
    suggestion: str | None = None
