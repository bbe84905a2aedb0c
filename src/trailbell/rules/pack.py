"""What a rule file is once it is read: its rules, and what is said of them beside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from trailbell.errors import ConfigurationError
from trailbell.model import Rule


class Sample(msgspec.Struct, frozen=True):
    """Hold an event of a test: its text, or the file that the text is in.

    ``at`` is in seconds after the start of the test.
    """

    text: str
    path: Path | None = None
    at: float = 0.0


class RuleTest(msgspec.Struct, frozen=True):
    """Hold a test of a rule, and the file and line of its table.

    Without ``timed`` there is one sample, and ``matches`` says whether one of the rule's patterns
    is to hold on it and no exception; with it, whether the rule is to ring, its threshold included.
    ``exception`` names the exception that is to hold.
    """

    name: str
    place: str
    matches: bool
    samples: tuple[Sample, ...]
    timed: bool = False
    exception: str = ""


class Entry(msgspec.Struct, frozen=True):
    """Hold a rule with its tests, and with what is said of it that no alert needs.

    ``place`` is the file and line of its table, as errors name them. A rule that is not ``enabled``
    is checked and tested, and never runs. ``published_pattern`` is the text of a benchmark that the
    rule mends, legal or not. ``imported`` says what rule of another format it was made of.
    """

    rule: Rule
    place: str = ""
    enabled: bool = True
    published_pattern: str = ""
    tags: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    imported: Mapping[str, str] = {}
    tests: tuple[RuleTest, ...] = ()


class Invalid(msgspec.Struct, frozen=True):
    """Name a rule that cannot run, or (``rule`` empty) a file of which none can, and say why."""

    path: Path
    rule: str
    error: ConfigurationError


class Pack(msgspec.Struct, frozen=True):
    """Hold the rules of one file, with what the file says of itself.

    ``invalid`` are those that are wrong, where the file was to be read in spite of them.
    """

    name: str
    path: Path
    description: str = ""
    entries: tuple[Entry, ...] = ()
    invalid: tuple[Invalid, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that run."""
        return tuple(entry.rule for entry in self.entries if entry.enabled)
