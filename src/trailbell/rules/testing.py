"""Run the tests that a rule carries, as a run of Trailbell would judge their events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import structs

from trailbell.model import LogEvent, Origin, Rule
from trailbell.pattern import Message
from trailbell.preview import lowered
from trailbell.record import event_key, event_time, parse_time, read_record
from trailbell.rules.pack import Entry, RuleTest, Sample
from trailbell.stories import story_key, window_of
from trailbell.suppression import exception_for

START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""When timed tests begin, in milliseconds since the epoch, before it is aligned to a window."""

LARGEST = 16 * 1024 * 1024
"""Bytes of a sample's file that are read; no log event is nearly as large."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Answer(StrEnum):
    """Name what a rule says of the events of a test."""

    MATCH = "a match"
    NO_MATCH = "no match"
    EXCEPTION = "an exception"
    RINGS = "an alert"
    SILENT = "no alert"
    UNREADABLE = "a sample that cannot be read"


class Judged(msgspec.Struct, frozen=True):
    """Hold what became of one sample.

    ``pattern`` is the name of the pattern that holds, None where none does; ``exception`` the name
    of the exception that holds on what the pattern matches, empty where none does.
    """

    event: LogEvent
    pattern: str | None
    exception: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """Say how a test of a rule ended.

    ``answer`` is what the rule says, ``exception`` the name of the exception that it names.
    ``samples`` has what became of each sample; ``fullest`` is how many distinct matches the fullest
    window of a timed test holds. ``problem`` says why a sample cannot be read.
    """

    rule: Rule
    test: RuleTest
    answer: Answer
    exception: str = ""
    samples: tuple[Judged, ...] = ()
    fullest: int = 0
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the rule says what the test expects."""
        if self.answer is Answer.UNREADABLE:
            return False
        if self.test.exception:
            return self.exception == self.test.exception
        return self.test.matches is (self.answer in {Answer.MATCH, Answer.RINGS})

    @property
    def expected(self) -> str:
        """Return what the test expects, in words."""
        if self.test.exception:
            return f'the exception "{self.test.exception}"'
        if self.test.timed:
            return Answer.RINGS if self.test.matches else Answer.SILENT
        return Answer.MATCH if self.test.matches else Answer.NO_MATCH

    @property
    def got(self) -> str:
        """Return what the rule says, in words."""
        if self.exception:
            return f'the exception "{self.exception}"'
        return self.answer


class _UnusableError(Exception):
    """Say why a sample is no event."""


def run_tests(entry: Entry) -> list[Verdict]:
    """Run the tests of a rule, enabled or not, in their order.

    An exception with a last day is judged by the event time of the sample's own record; where that
    has none, it holds, so that a test does not begin to fail on a day.
    """
    return [_run(entry.rule, test) for test in entry.tests]


def _run(rule: Rule, test: RuleTest) -> Verdict:
    """Run one test."""
    try:
        texts = [_text_of(sample) for sample in test.samples]
    except _UnusableError as error:
        return Verdict(rule, test, Answer.UNREADABLE, problem=str(error))
    if test.timed:
        return _timed(rule, test, texts)
    one = _judged(rule, LogEvent(texts[0]), texts[0])
    if one.pattern is None:
        return Verdict(rule, test, Answer.NO_MATCH, samples=(one,))
    answer = Answer.EXCEPTION if one.exception else Answer.MATCH
    return Verdict(rule, test, answer, one.exception, (one,))


def _timed(rule: Rule, test: RuleTest, texts: Sequence[str]) -> Verdict:
    """Run a test that asks whether the rule rings."""
    start = window_of(rule, START) or START
    events = [
        _distinct(text, number, start + round(sample.at * 1000))
        for number, (text, sample) in enumerate(zip(texts, test.samples, strict=True), 1)
    ]
    samples = tuple(_judged(rule, *pair) for pair in zip(events, texts, strict=True))
    counted = [one.event for one in samples if one.pattern is not None and not one.exception]
    # Distinct events are counted, in the windows of their story.
    distinct = {event_key(event): event for event in counted}.values()
    windows = Counter(
        (story_key(rule, event), window_of(rule, event_time(event, start))) for event in distinct
    )
    fullest = max(windows.values(), default=0)
    if fullest >= (rule.threshold.count if rule.threshold else 1):
        return Verdict(rule, test, Answer.RINGS, "", samples, fullest)
    held = {one.exception for one in samples if one.pattern is not None}
    # The test is about an exception where that alone keeps the rule silent.
    name = held.pop() if len(held) == 1 else ""
    return Verdict(rule, test, Answer.SILENT, name, samples, fullest)


def _judged(rule: Rule, event: LogEvent, text: str) -> Judged:
    """Ask a rule, and its exceptions, of one event; ``text`` is that of the sample."""
    holding = rule.holding(event.message)
    if holding is None:
        return Judged(event, None)
    record = read_record(text)
    time = parse_time(record.text("eventTime")) if record else None
    if time is None:
        lasting = tuple(structs.replace(one, until=None) for one in rule.exceptions)
        rule, time = structs.replace(rule, exceptions=lasting), START
    found = exception_for(rule, event, time)
    return Judged(event, holding.name, found.name if found else "")


def _distinct(text: str, number: int, time: int) -> LogEvent:
    """Make an event of a text that is not the one of any other number, at a time.

    ``time`` is in milliseconds since the epoch.
    """
    origin = Origin(log_group="test")
    if read_record(text) is None:
        return LogEvent(text, str(number), time, origin)
    moment = (_EPOCH + timedelta(milliseconds=time)).isoformat().replace("+00:00", "Z")
    fields = {"eventTime": moment, "eventID": f"00000000-0000-4000-8000-{number:012d}"}
    # Of two keys of a name the last counts: so the rest of the text stays to the character.
    added = msgspec.json.encode(fields).decode().removeprefix("{")
    return LogEvent(f"{text.rstrip().removesuffix('}')},{added}", str(number), time, origin)


def _text_of(sample: Sample) -> str:
    """Return the text of a sample. Raises _UnusableError where it is none, or a broken record."""
    text = sample.text if sample.path is None else _read(sample.path)
    where = f"{sample.path}: " if sample.path else ""
    if not text.strip():
        raise _UnusableError(f"{where}the record is empty, and no log event is")
    if text.lstrip().startswith("[") and _is_list_of_objects(text):
        raise _UnusableError(f"{where}a list of records is no event; give one of them")
    if not text.lstrip().startswith("{"):
        return text
    document = Message(text).document
    if document is None:
        raise _UnusableError(f"{where}the record begins with {{ and is no JSON object")
    if isinstance(document.get("Records"), list) and read_record(text) is None:
        raise _UnusableError(f"{where}a file of records is no event; give one of its Records")
    return text


def _is_list_of_objects(text: str) -> bool:
    """Tell whether a text is the JSON of a list with an object in it."""
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return isinstance(document, list) and any(isinstance(one, dict) for one in document)


def _read(path: Path) -> str:
    """Read the file of a sample, without the line end that editors put at its end."""
    try:
        if not path.is_file():
            raise _UnusableError(f"{path}: there is no such file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise _UnusableError(f"{path}: is larger than {LARGEST // 1024 // 1024} MiB")
        text = content.decode("utf-8-sig")
    except OSError as error:
        reason = lowered(error.strerror or type(error).__name__)
        raise _UnusableError(f"{path}: cannot be read: {reason}") from error
    except ValueError as error:
        raise _UnusableError(f"{path}: cannot be read: it is not UTF-8 text") from error
    return text.removesuffix("\n").removesuffix("\r")
