"""Log messages as people read them."""

from __future__ import annotations

import json

import pytest

from trailbell.render.log_text import LONGEST_LAID_OUT, fitting, readable

LONG = "x" * 80


@pytest.mark.parametrize(
    "message",
    [
        "plain text",
        '{"short": "object"}',
        "a,b," + LONG + ",c",
        '{"twice": 1, "twice": "' + LONG + '"}',
        '{"not JSON": ' + LONG,
        "[" * 200,
        json.dumps({"a": "y" * LONGEST_LAID_OUT}),
        "",
    ],
    ids=range(8),
)
def test_what_gains_nothing_stays_as_it_is(message: str) -> None:
    """Text, short JSON, broken JSON and what would lose a key are shown as they stand."""
    assert message == readable(message)


def test_long_json_is_laid_out_with_its_line_ends() -> None:
    """An application's JSON gets lines of its own, and so does the traceback in it."""
    trace = "Traceback:\n  File \"app.py\"\r\nKeyError: 'a\\nb'"
    assert (
        '{\n  "level": "ERROR",\n  "error": "Traceback:\n  File \\"app.py\\"\n'
        f'KeyError: \'a\\\\nb\'",\n  "more": "{LONG}"\n}}'
    ) == readable(json.dumps({"level": "ERROR", "error": trace, "more": LONG}))


def test_control_characters_are_replaced() -> None:
    """What would move or colour a terminal leaves a mark where it stood."""
    assert "a\ufffd[31mb" == readable("a\x1b[31mb\n")


@pytest.mark.parametrize(
    ("messages", "expected"),
    [(["a", "b"], "a\nb"), (["a\nb", "c"], "a\nb\n\nc"), (["a"], "a"), ([""], "(empty)")],
)
def test_messages_of_several_lines_are_told_apart(messages: list[str], expected: str) -> None:
    """An empty line parts messages as soon as one of them has several lines."""
    assert (expected, len(messages)) == fitting(messages, 100)


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (["a" * 40, "b" * 60, "c"], ("a" * 40, 1)),
        (["a" * 40, "b" * 58, "c"], (f"{'a' * 40}\n{'b' * 58}", 2)),
        (["a" * 900, "b"], (f"{'a' * 80}… 820 characters cut", 1)),
    ],
)
def test_what_does_not_fit_is_left_out(messages: list[str], expected: tuple[str, int]) -> None:
    """Messages are shown whole or not at all; the first is cut where it has to be, and says so."""
    text, number = fitting(messages, 100)
    assert expected == (text, number)
    assert len(text) <= 100
