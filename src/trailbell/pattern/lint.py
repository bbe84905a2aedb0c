"""Find legal patterns that do not mean what their writer thinks."""

from __future__ import annotations

from collections.abc import Container, Iterator

from trailbell.pattern import nodes
from trailbell.pattern.compiled import Pattern
from trailbell.pattern.finding import Finding, regex_finding
from trailbell.pattern.lint_conditions import fields_findings, json_findings
from trailbell.pattern.lint_terms import terms_findings

__all__ = ["Finding", "lint"]


def lint(pattern: Pattern | str, *, present: Container[str] = ()) -> tuple[Finding, ...]:
    """Find what is doubtful in a pattern, in the order of its text.

    ``present`` has selectors, such as ``"$.eventName"``, that select something in every message
    of the log at hand; what could be absent elsewhere is no finding there.

    Raises PatternSyntaxError where the pattern is a text that is not legal.
    """
    compiled = Pattern(pattern) if isinstance(pattern, str) else pattern
    found = _findings(str(compiled), compiled.root, present)
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.end, finding.code)))


def _findings(pattern: str, root: nodes.Root, present: Container[str]) -> Iterator[Finding]:
    """Find what is doubtful in a pattern of any form."""
    if isinstance(root, nodes.Terms):
        yield from terms_findings(pattern, root)
    elif isinstance(root, nodes.Json):
        yield from json_findings(pattern, root, present)
    elif isinstance(root, nodes.Fields):
        yield from fields_findings(pattern, root)
    elif finding := regex_finding(root):
        yield finding
