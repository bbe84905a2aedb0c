"""Log messages as people read them."""

from __future__ import annotations

import json

import pytest

from trailbell.render.log_text import LONGEST_LAID_OUT, joined, readable

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
    [(["a", "b"], "a\nb"), (["a\nb", "c"], "a\nb\n\nc"), (["a"], "a"), ([], "")],
)
def test_messages_of_several_lines_are_told_apart(messages: list[str], expected: str) -> None:
    """An empty line parts messages as soon as one of them has several lines."""
    assert expected == joined(messages)
