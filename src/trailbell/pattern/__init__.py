"""The filter pattern language of CloudWatch Logs."""

from trailbell.errors import PatternSyntaxError
from trailbell.pattern.compiled import Pattern, compile_pattern
from trailbell.pattern.explanation import Explanation
from trailbell.pattern.lint import Finding, lint
from trailbell.pattern.message import Message

__all__ = [
    "Explanation",
    "Finding",
    "Message",
    "Pattern",
    "PatternSyntaxError",
    "compile_pattern",
    "lint",
]
