"""A Sigma rule → a rule of a rule file.

https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sigma.rule import SigmaRule

from trailbell.errors import PatternSyntaxError
from trailbell.model import Severity
from trailbell.preview import lowered, one_line, preview, printable
from trailbell.sigma.conditions import any_of, patterns_of
from trailbell.sigma.refusal import Kind, RefusedError, inexpressible
from trailbell.sigma.translation import Translator

_SEVERITIES = {
    "informational": Severity.INFO,
    "low": Severity.LOW,
    "medium": Severity.MEDIUM,
    "high": Severity.HIGH,
    "critical": Severity.CRITICAL,
}
_TECHNIQUE = re.compile(r"attack\.(t[0-9]{4}(?:\.[0-9]{3})?)", re.IGNORECASE)
_MAX_NAME = 80
_MAX_TITLE = 150
_MAX_TEXT = 500
_MAX_DESCRIPTION = 65_535
_MAX_VALUES = 2_000
"""Values of a detection; the patterns of a rule have no room for more."""
_MAX_WORK = 100_000
"""Values times words of the condition. pySigma copies a detection for each word that names it."""


@dataclass(frozen=True, slots=True)
class ImportedRule:
    """Hold a rule as a rule file has it; ``imported`` says where it is from."""

    name: str
    title: str
    severity: Severity
    patterns: tuple[str, ...]
    description: str
    references: tuple[str, ...]
    tags: tuple[str, ...]
    false_positives: tuple[str, ...]
    imported: dict[str, str]


def import_rule(content: dict[str, Any], *, any_case: bool) -> tuple[ImportedRule, tuple[str, ...]]:
    """Return a rule for the document of a Sigma rule, and what a reader should know of it.

    Raises RefusedError where it is no rule for CloudTrail, where it is broken, and where the
    language cannot say the same.
    """
    _check_source(content)
    _check_detection(content)
    translator = Translator(any_case=any_case)
    try:
        rule = SigmaRule.from_dict(content)
        trees = [condition.parsed for condition in rule.detection.parsed_condition]
        patterns = patterns_of(any_of([translator.condition(tree) for tree in trees]))
    except RefusedError:
        raise
    except PatternSyntaxError as error:
        raise inexpressible(error.reason) from error
    except RecursionError as error:
        raise RefusedError(Kind.BROKEN, "its condition nests too deep") from error
    except Exception as error:
        # Whatever pySigma trips over is in the rule, and must not end the others.
        said = one_line(lowered(str(error)) or type(error).__name__, _MAX_TEXT)
        raise RefusedError(Kind.BROKEN, f"pySigma refuses it: {said}") from error
    notes = list(translator.notes)
    if rule.level is None:
        notes.append("it has no level, so its severity is medium")
    if str(rule.status) in {"deprecated", "unsupported"}:
        notes.append(f"its status is {rule.status}")
    if len(rule.title) > _MAX_TITLE:
        notes.append(f"its title is cut to {_MAX_TITLE} characters")
    if len(patterns) > 1:
        notes.append(f"{len(patterns)} patterns, since one has no room for it")
    return _made(rule, patterns), tuple(notes)


def _check_source(content: dict[str, Any]) -> None:
    """Raise RefusedError where a document is no rule for CloudTrail."""
    source = content.get("logsource")
    if not isinstance(source, dict) or not isinstance(content.get("detection"), dict):
        raise RefusedError(Kind.BROKEN, "it is no Sigma rule: it has no logsource or no detection")
    found = {key: source[key] for key in ("category", "product", "service") if source.get(key)}
    if found not in ({"product": "aws", "service": "cloudtrail"}, {"service": "cloudtrail"}):
        told = ", ".join(f"{key} {preview(value)}" for key, value in found.items())
        raise RefusedError(
            Kind.OTHER_SOURCE,
            f"its log source is {told or 'not named'}, not the service cloudtrail of aws",
        )
    if content.get("taxonomy", "sigma") != "sigma":
        raise inexpressible(f"its taxonomy {preview(content['taxonomy'])} names fields otherwise")


def _check_detection(content: dict[str, Any]) -> None:
    """Raise RefusedError where a detection is of an old form, or too long to look at."""
    detection = content["detection"]
    found = detection.get("condition")
    conditions = [one for one in (found if isinstance(found, list) else [found]) if one]
    if "timeframe" in detection or any("|" in str(condition) for condition in conditions):
        raise RefusedError(Kind.CORRELATION, "it counts, in the form that was before correlations")
    values = _count(detection)
    words = sum(len(re.findall(r"[^\s()]+|[()]", str(condition))) for condition in conditions)
    if values > _MAX_VALUES or values * words > _MAX_WORK:
        raise inexpressible("its detection and condition are too large for the patterns of a rule")


def _count(detection: object) -> int:
    """Count the values of a detection, up to one more than there may be.

    An alias counts wherever it stands, so that the count is bounded and not the text.
    """
    count, waiting = 0, [detection]
    while waiting and count <= _MAX_VALUES:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count


def _made(rule: SigmaRule, patterns: tuple[str, ...]) -> ImportedRule:
    """Return the rule with all that Sigma says of it."""
    tags = _texts(str(tag) for tag in rule.tags)
    techniques = [found[1].upper() for tag in tags if (found := _TECHNIQUE.fullmatch(tag))]
    facts = {
        "format": "sigma",
        "id": rule.id,
        "author": rule.author,
        "license": rule.license,
        "level": rule.level,
        "status": rule.status,
        "date": rule.date,
        "modified": rule.modified,
    }
    return ImportedRule(
        name=name_of(rule.title),
        title=one_line(rule.title, _MAX_TITLE),
        severity=_SEVERITIES.get(str(rule.level), Severity.MEDIUM),
        patterns=patterns,
        description=printable(rule.description or "")[:_MAX_DESCRIPTION].strip(),
        references=tuple(dict.fromkeys([*techniques, *_texts(rule.references)])),
        tags=tags,
        false_positives=_texts(rule.falsepositives),
        imported={key: one_line(str(value), _MAX_TEXT) for key, value in facts.items() if value},
    )


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    """Return the texts among values, each on one line."""
    found = (one_line(value, _MAX_TEXT) for value in values if isinstance(value, str))
    return tuple(text for text in found if text)


def name_of(title: str) -> str:
    """Return a name for a rule: its title in lower case with hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(name) > _MAX_NAME:
        whole, _, _ = name[: _MAX_NAME + 1].rpartition("-")
        name = whole or name[:_MAX_NAME]
    return name or "sigma-rule"


def unique_name(name: str, taken: Iterable[str]) -> str:
    """Return a name that is not taken: the name itself, or with the first number that is free."""
    known = set(taken)
    number, free = 1, name
    while free in known:
        number += 1
        free = f"{name[: _MAX_NAME - len(str(number)) - 1].rstrip('-')}-{number}"
    return free
