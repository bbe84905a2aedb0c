"""Turn the tables of a rule file into rules, exceptions and tests, or say what is wrong in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from trailbell.durations import parse_duration
from trailbell.errors import ConfigurationError, PatternSyntaxError
from trailbell.model import NamedPattern, Rule, RuleException, Threshold
from trailbell.preview import preview
from trailbell.record import FACETS
from trailbell.rules.pack import Entry, RuleTest, Sample
from trailbell.rules.shapes import (
    DESTINATION_NAME,
    ExceptTable,
    FromList,
    RuleTable,
    RuleTestTable,
    SampleTable,
)
from trailbell.stories import LONGEST_WINDOW
from trailbell.toml_files import TomlFile, duration_of
from trailbell.toml_words import close_matches, found_words, without_secrets

_SELECTOR = re.compile(r"\$(\.[\w-]+)+")
_LONGEST_TEST = timedelta(days=400)
_ADDRESS = re.compile(r"https?://[^\s<>|\"]+")

Lists = Mapping[str, Sequence[str]]
"""The lists that exceptions can name."""


def entry_of(table: RuleTable, file: TomlFile, number: int, lists: Lists) -> Entry:
    """Make a rule, with its tests, of the table that is the ``number``-th from 0 in a file.

    Raises ConfigurationError naming file, line, rule and key.
    """
    place = file.place("rule", number)
    exceptions = tuple(
        exception_of(one, file.place("rule", number, "except", each), lists)
        for each, one in enumerate(table.exceptions)
    )
    _refuse_twice("except", [one.name for one in exceptions], place)
    tests = tuple(
        _test_of(one, file, (number, each), exceptions) for each, one in enumerate(table.tests)
    )
    return Entry(
        rule=_rule_of(table, place, exceptions),
        place=file.at("rule", number),
        enabled=table.enabled,
        published_pattern=table.published_pattern,
        tags=table.tags,
        false_positives=table.false_positives,
        imported=table.imported,
        tests=tests,
    )


def exception_of(table: ExceptTable, place: str, lists: Lists) -> RuleException:
    """Make an exception of its table; ``place`` names file, line and table for an error.

    Raises ConfigurationError.
    """
    if bool(table.pattern) == bool(table.values):
        raise ConfigurationError(
            f'{place}: expected either the key "pattern" or the key "values",'
            f" found {'both' if table.values else 'neither'}"
        )
    for name in table.values:
        _check_facet(name, f'{place}: key "values"')
    values = tuple(
        (name, _listed(found, place, lists) if isinstance(found, FromList) else found)
        for name, found in table.values.items()
    )
    try:
        return RuleException(table.name, table.reason, table.pattern, values, table.until)
    except PatternSyntaxError as error:
        raise ConfigurationError(f"{place}: {error}") from error


def _listed(asked: FromList, place: str, lists: Lists) -> tuple[str, ...]:
    """Return the list of a name."""
    if asked.list not in lists:
        near = close_matches(asked.list, lists)
        raise ConfigurationError(
            f'{place}: key "values": there is no list {found_words(asked.list)}; '
            + (f"did you mean {near}?" if near else "write it under [lists] of trailbell.toml")
        )
    return tuple(lists[asked.list])


def _rule_of(table: RuleTable, place: str, exceptions: tuple[RuleException, ...]) -> Rule:
    """Make a rule of its table; ``place`` names file, line and rule for an error."""
    if table.pattern is None and not table.patterns:
        raise ConfigurationError(f'{place}: the key "pattern" is missing')
    if table.pattern is not None and table.patterns:
        raise ConfigurationError(
            f'{place}: has both the keys "pattern" and "patterns"; keep one of them'
        )
    if table.runbook and not _ADDRESS.fullmatch(table.runbook):
        raise ConfigurationError(
            f'{place}: key "runbook": expected an https:// address,'
            f" found {found_words(table.runbook)}"
        )
    for name in table.group_by:
        _check_facet(name, f'{place}: key "group_by"')
    if table.route and not DESTINATION_NAME.fullmatch(table.route):
        raise ConfigurationError(
            f'{place}: key "route": expected the name of a destination,'
            f" found {found_words(table.route)}"
        )
    return Rule(
        name=table.name,
        pattern=_legal(table.pattern or "", place),
        title=table.title or table.name.replace("-", " "),
        severity=table.severity,
        description=table.description,
        references=table.references,
        runbook=table.runbook,
        group_by=table.group_by,
        threshold=_threshold_of(table, place),
        route=table.route,
        patterns=tuple(
            NamedPattern(name, _legal(text, f"{place}: pattern {preview(name)}"))
            for name, text in table.patterns.items()
        ),
        exceptions=exceptions,
    )


def _legal(pattern: str, place: str) -> str:
    """Return a pattern. Raises ConfigurationError where it is not legal."""
    try:
        NamedPattern("", pattern).compiled  # noqa: B018  it is compiled once, and kept
    except PatternSyntaxError as error:
        raise ConfigurationError(f"{place}: {error}") from error
    return pattern


def _threshold_of(table: RuleTable, place: str) -> Threshold | None:
    """Make the threshold of a rule, where it has one."""
    if table.threshold is None:
        return None
    within = timedelta(seconds=duration_of(table.threshold.within, f'{place}: key "within"'))
    if within > LONGEST_WINDOW:
        raise ConfigurationError(
            f'{place}: key "within": expected at most "{LONGEST_WINDOW.days}d", which is how long'
            f" matches are kept; found {found_words(table.threshold.within)}"
        )
    return Threshold(table.threshold.count, within)


def _check_facet(name: str, key: str) -> None:
    """Raise ConfigurationError unless a name is one that stories and exceptions go by."""
    if name not in FACETS and not _SELECTOR.fullmatch(name):
        raise ConfigurationError(
            f"{key}: expected {', '.join(FACETS)}, or a selector such as"
            f' "$.requestParameters.bucketName"; found {found_words(name)}'
        )


def _refuse_twice(what: str, names: Sequence[str], place: str) -> None:
    """Raise ConfigurationError where a name stands twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigurationError(
            f"{place}: {what} {preview(twice)} stands there twice; rename one of them"
        )


def _test_of(
    table: RuleTestTable,
    file: TomlFile,
    numbers: tuple[int, int],
    exceptions: Sequence[RuleException],
) -> RuleTest:
    """Make a test of its table; ``numbers`` are those of the rule and of the test."""
    steps = ("rule", numbers[0], "test", numbers[1])
    place = file.place(*steps)
    known = [one.name for one in exceptions]
    if table.exception and (table.matches or table.exception not in known):
        expected = "matches = false beside it" if table.matches else "an exception of this rule"
        near = close_matches(table.exception, known)
        raise ConfigurationError(
            f'{place}: key "except": expected {expected}, found {preview(table.exception)}'
            + (f"; did you mean {near}?" if near and not table.matches else "")
        )
    if bool(table.records) + bool(table.file) + (table.record is not None) != 1:
        raise ConfigurationError(
            f'{place}: expected one of the keys "record", "file" and "records"'
        )
    return RuleTest(
        name=table.name or f"test {numbers[1] + 1}",
        place=file.at(*steps),
        matches=table.matches,
        samples=tuple(_samples_of(table, file.path.parent, place)),
        timed=bool(table.times or table.records),
        exception=table.exception,
    )


def _samples_of(table: RuleTestTable, folder: Path, place: str) -> Iterator[Sample]:
    """Give the events of a test."""
    if table.records:
        if table.times:
            raise ConfigurationError(f'{place}: key "times": each of the records has its own "at"')
        for one in table.records:
            if bool(one.file) == (one.record is not None):
                raise ConfigurationError(
                    f'{place}: key "records": expected "record" or "file" in each of them'
                )
            yield _sample(one, folder, _seconds(one.at, f'{place}: key "at"'), place)
    else:
        for time in table.times or ("0s",):
            yield _sample(table, folder, _seconds(time, f'{place}: key "times"'), place)


def _sample(table: RuleTestTable | SampleTable, folder: Path, at: float, place: str) -> Sample:
    """Make one event of a test."""
    if table.file:
        return Sample("", folder / table.file, at)
    if isinstance(table.record, str):
        return Sample(table.record, at=at)
    try:
        # Of what TOML has beyond JSON, dates and times become texts.
        text = json.dumps(
            table.record,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
            default=msgspec.to_builtins,
        )
    except (RecursionError, ValueError) as error:
        raise ConfigurationError(
            f'{place}: key "record": expected a table that can be written as JSON, found one that'
            " nests too deep, or nan, inf or a number of thousands of digits in it"
        ) from error
    return Sample(text, at=at)


def _seconds(text: str, where: str) -> float:
    """Return a duration of a test in seconds; it may be 0."""
    try:
        duration = parse_duration(text)
    except ValueError as error:
        raise ConfigurationError(f"{where}: {without_secrets(str(error))}") from error
    if duration > _LONGEST_TEST:
        raise ConfigurationError(
            f"{where}: expected at most {_LONGEST_TEST.days} days, found {preview(text)}"
        )
    return duration.total_seconds()
