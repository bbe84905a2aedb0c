"""CloudTrail and CloudWatch Logs alerts in Slack, with the log record itself."""

from trailbell.engine import Engine
from trailbell.errors import PatternSyntaxError, TrailbellError
from trailbell.model import (
    LogEvent,
    Match,
    NamedPattern,
    Origin,
    Rule,
    RuleException,
    Severity,
    Threshold,
)
from trailbell.pattern import Pattern, compile_pattern, lint

__version__ = "0.1.0"

__all__ = [
    "Engine",
    "LogEvent",
    "Match",
    "NamedPattern",
    "Origin",
    "Pattern",
    "PatternSyntaxError",
    "Rule",
    "RuleException",
    "Severity",
    "Threshold",
    "TrailbellError",
    "compile_pattern",
    "lint",
]
