"""What a rule file may hold, as msgspec reads it, before it is turned into rules."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

import msgspec

from trailbell.model import Severity

DESTINATION_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
"""What a destination may be called."""

RuleName = Annotated[
    str,
    msgspec.Meta(
        # "$" alone would let a line end through.
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
        max_length=80,
        description='a name such as "root-login": a-z, 0-9, single hyphens, 80 characters at most',
    ),
]
"""What a rule may be called."""

_Label = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=80, description="a name in quotes, 80 characters at most"
    ),
]
_Said = Annotated[
    str, msgspec.Meta(min_length=1, max_length=500, description="a sentence in quotes")
]
_Day = Annotated[date, msgspec.Meta(description="a date such as 2027-06-30")]
_Record = Annotated[
    str | dict[str, Any],
    msgspec.Meta(description="the record: JSON in a text, or a table"),
]


class FromList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name a list that the file, or the configuration, has under ``[lists]``."""

    list: str


_Values = Annotated[
    tuple[str, ...] | FromList,
    msgspec.Meta(description='a list of texts in [ ], or { list = "name of a list" }'),
]


class ExceptTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a ``[[rule.except]]`` table; ``[[except]]`` of the configuration has one key more."""

    name: _Label
    reason: _Said
    pattern: str = ""
    values: Annotated[
        dict[str, _Values],
        msgspec.Meta(description='a table such as { actor = ["arn:aws:iam::*:role/deploy"] }'),
    ] = {}
    until: _Day | None = None


class SampleTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold one of the ``records`` of a test, and when it happened."""

    at: str
    record: _Record | None = None
    file: str = ""


# Without an event, a test of a threshold would be one of the patterns.
_Times = Annotated[
    tuple[str, ...],
    msgspec.Meta(min_length=1, description='a list of times, such as ["0s", "10s"]'),
]
_Records = Annotated[
    tuple[SampleTable, ...],
    msgspec.Meta(
        min_length=1, description='a list of tables such as { at = "0s", file = "stop.json" }'
    ),
]


class RuleTestTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a ``[[rule.test]]`` table."""

    matches: bool
    name: str = ""
    record: _Record | None = None
    file: str = ""
    times: _Times = ()
    records: _Records = ()
    exception: str = msgspec.field(default="", name="except")


class ThresholdTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold ``threshold``."""

    count: Annotated[int, msgspec.Meta(ge=2, le=2_000)]
    within: str


class RuleTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a ``[[rule]]`` table."""

    name: RuleName
    pattern: str | None = None
    patterns: Annotated[
        dict[_Label, str],
        msgspec.Meta(description="a table of patterns, each under its name"),
    ] = {}
    title: Annotated[str, msgspec.Meta(max_length=150)] = ""
    severity: Severity = Severity.MEDIUM
    description: str = ""
    references: tuple[str, ...] = ()
    runbook: str = ""
    enabled: bool = True
    group_by: tuple[str, ...] = ()
    threshold: (
        Annotated[
            ThresholdTable, msgspec.Meta(description='a table such as { count = 5, within = "5m" }')
        ]
        | None
    ) = None
    route: str = ""
    tags: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    published_pattern: str = ""
    imported: Annotated[dict[str, str], msgspec.Meta(description="a table of texts")] = {}
    exceptions: tuple[ExceptTable, ...] = msgspec.field(default=(), name="except")
    tests: tuple[RuleTestTable, ...] = msgspec.field(default=(), name="test")


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a rule file."""

    rule: tuple[RuleTable, ...] = ()
    description: str = ""
    lists: Annotated[
        dict[str, tuple[str, ...]],
        msgspec.Meta(description="a table of lists, each of texts in [ ]"),
    ] = {}
