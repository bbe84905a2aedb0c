"""Find legal patterns that do not mean what their writer thinks."""

from __future__ import annotations

from dataclasses import dataclass

from trailbell.pattern.compiled import Pattern


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what is doubtful in a pattern, where, why, and what was probably meant."""

    code: str
    start: int
    end: int
    reason: str
    suggestion: str | None = None


def lint(pattern: Pattern | str) -> tuple[Finding, ...]:
    """Find what is doubtful in a pattern, in the order of its text.

    Raises PatternSyntaxError where the pattern is a text that is not legal.
    """
    if isinstance(pattern, str):
        Pattern(pattern)
    return ()
