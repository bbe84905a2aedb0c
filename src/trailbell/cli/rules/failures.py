"""A failed test of a rule, told: what was expected, what came, and what decided it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from trailbell.cli.trees import event_tree
from trailbell.durations import format_duration
from trailbell.model import LogEvent, Rule, RuleException
from trailbell.pattern import Message
from trailbell.preview import one_line, preview, printable
from trailbell.record import Record, facet, read_record
from trailbell.rules.testing import Answer, Judged, Verdict

_LONGEST = 150


def shown_failure(verdict: Verdict) -> Iterator[RenderableType]:
    """Give the parts of what is shown of a failed test."""
    test, rule = verdict.test, verdict.rule
    yield Text.assemble(
        ("✗ ", "red"),
        printable(test.place),
        "  ",
        (rule.name, "bold"),
        f": {one_line(test.name, _LONGEST)}",
    )
    yield _indented(Text(f"expected {verdict.expected}, got {verdict.got}"))
    if verdict.problem:
        yield _indented(Text(printable(verdict.problem)))
    elif test.timed:
        yield from map(_indented, _counted(verdict))
    else:
        yield from map(_indented, _decided(verdict, verdict.samples[0]))
    yield ""


def reached(verdict: Verdict) -> str:
    """Say how far a timed test came; empty for any other."""
    if not verdict.test.timed or verdict.answer is Answer.UNREADABLE:
        return ""
    threshold = verdict.rule.threshold
    if threshold is None:
        return f"{verdict.fullest} of 1; the rule has no threshold"
    within = format_duration(threshold.within)
    return f"{verdict.fullest} of {threshold.count} within {within} in its fullest window"


def _indented(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 4), expand=False)


def _counted(verdict: Verdict) -> Iterator[RenderableType]:
    """Say what the samples of a timed test came to, and why the first that did not count does."""
    yield Text(reached(verdict))
    others = [one for one in verdict.samples if one.pattern is None]
    excepted = [one for one in verdict.samples if one.exception]
    told = [(len(others), "match no pattern"), (len(excepted), "are held by an exception")]
    if others or excepted:
        said = " and ".join(f"{count} {words}" for count, words in told if count)
        yield Text(f"of {len(verdict.samples)} samples {said}")
    if excepted:
        yield _exception_said(verdict.rule, excepted[0].exception)
    if others and verdict.test.matches:
        yield from _patterns(verdict.rule, others[0].event.message)


def _decided(verdict: Verdict, one: Judged) -> Iterator[RenderableType]:
    """Give what decided a test of one sample."""
    rule, message = verdict.rule, one.event.message
    if one.pattern is None:
        yield from _patterns(rule, message)
    elif one.exception:
        yield _exception_said(rule, one.exception)
    elif verdict.test.exception:
        yield from _not_applied(_exception(rule, verdict.test.exception), one.event)
    else:
        yield from _patterns(rule, message, one.pattern)


def _patterns(rule: Rule, message: str, name: str | None = None) -> Iterator[RenderableType]:
    """Draw what decided the patterns of a rule on a message, or the one of a name."""
    for one in rule.any_of:
        if name in {None, one.name}:
            if one.name:
                yield Text(f"pattern {preview(one.name)}", "dim")
            yield event_tree(one.compiled, message, decided=True)


def _exception(rule: Rule, name: str) -> RuleException:
    """Return the exception of a name; it is there, since the loader and the rule name it."""
    return next(one for one in rule.exceptions if one.name == name)


def _exception_said(rule: Rule, name: str) -> Text:
    """Say which exception holds, and its reason."""
    reason = one_line(_exception(rule, name).reason, _LONGEST)
    return Text(f"the exception {preview(name)} holds: {reason}")


def _not_applied(exception: RuleException, event: LogEvent) -> Iterator[RenderableType]:
    """Say why an exception does not hold on an event."""
    record = read_record(event.message) or Record(Message(event.message).document or {})
    time = record.text("eventTime")
    if exception.until and time[:10] > exception.until.isoformat():
        yield Text(
            f"its last day is {exception.until}, the eventTime of the record is {preview(time)}"
        )
        return
    if not exception.values:
        yield event_tree(exception.compiled, event.message, decided=True)
        return
    for name, values in exception.values:
        found = facet(record, event, name)
        wanted = ", ".join(map(preview, values)) or "nothing, since its list is empty"
        yield Text(f"{name}: {preview(found) if found else 'nothing'}; asked for is {wanted}")
