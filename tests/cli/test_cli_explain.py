"""``trailbell explain`` at the command line."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from trailbell.cli import invoke

LOG = b'{"level": "ERROR", "ms": 12}\n{"level": "ERROR", "ms": 812}\n'
PATTERN = "{ $.level = ERROR && $.ms > 500 }"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a log, and with nothing at the standard input."""
    monkeypatch.chdir(tmp_path)
    Path("a.log").write_bytes(LOG)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))


def test_events(capsys: pytest.CaptureFixture[str]) -> None:
    """Every event is explained clause by clause."""
    assert invoke(["explain", PATTERN, "a.log"]) == 0
    assert (
        (
            "a.log:1 does not match\n"
            "✗ all of these hold\n"
            '├── ✓ $.level = ERROR  level is "ERROR"  selected: "ERROR"\n'
            "└── ✗ $.ms > 500  ms is a number above 500  selected: 12\n"
            "a.log:2 matches\n"
            "✓ all of these hold\n"
            '├── ✓ $.level = ERROR  level is "ERROR"  selected: "ERROR"\n'
            "└── ✓ $.ms > 500  ms is a number above 500  selected: 812\n"
        ),
        "",
    ) == capsys.readouterr()


def test_first(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the first events are explained, and that is said."""
    assert invoke(["explain", "--first", "1", "ERROR", "a.log"]) == 0
    assert (
        'a.log:1 matches\n✓ ERROR  the message contains "ERROR"\n',
        "trailbell: there are more events; --first shows more than 1\n",
    ) == capsys.readouterr()


def test_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Without an event the pattern is put in plain words."""
    assert invoke(["explain", "{ $.a.b NOT EXISTS || $.c[*] != x* }"]) == 0
    assert (
        (
            "at least one of these holds\n"
            "├── $.a.b NOT EXISTS  there is no a.b\n"
            '└── $.c[*] != x*  c is there, and none of c[*] begins with "x"\n'
        ),
        "",
    ) == capsys.readouterr()


def test_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    """A pattern of nothing asks nothing."""
    assert invoke(["explain", ""]) == 0
    assert capsys.readouterr().out == "(nothing)  every message\n"


def test_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is piped into the command is explained, notes included."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x y\n")))

    assert invoke(["explain", "[a = x, b, c]"]) == 0
    assert (
        "-:1 does not match\n"
        "✗ the message has at least 3 fields; the last takes the rest"
        "  (the message has 2 fields)\n"
        '└── · a = x  a is "x"\n'
    ) == capsys.readouterr().out


def test_not_json(capsys: pytest.CaptureFixture[str]) -> None:
    """A message that is not JSON is said to be none."""
    Path("b.log").write_text("plain\n")

    assert invoke(["explain", "{ $.a NOT EXISTS }", "b.log"]) == 0
    assert (
        "b.log:1 does not match\n"
        "✗ $.a NOT EXISTS  there is no a  (the message is not a JSON object)\n"
    ) == capsys.readouterr().out


def test_hostile(capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters, markup and credentials of an event do not come out."""
    Path("b.log").write_text(
        '{"a": "\\u001b[31m[red]x[/red]\\u202e", "password": "hunter2", "b": "[bold]"}\n'
    )
    pattern = "{ $.a = x || $.password = hunter2 || $.b = '[b]' }".replace("'", '"')

    assert invoke(["explain", pattern, "b.log"]) == 0
    assert (
        "b.log:1 matches\n"
        "✓ at least one of these holds\n"
        '├── ✗ $.a = x  a is "x"  selected: "\\x1b[31m[red]x[/red]\\u202e"\n'
        '├── ✓ $.password = hunter2  password is "hunter2"  selected: *** masked ***\n'
        '└── ✗ $.b = "[b]"  b is "[b]"  selected: "[bold]"\n'
    ) == capsys.readouterr().out


def test_a_credential_is_masked_whatever_selects_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A selector that names no key of a credential does not show it either."""
    Path("c.log").write_text('{"credentials": {"sessionToken": "hunter2", "expires": 7}}\n')
    assert invoke(["explain", "{ $.credentials.* = 7 }", "c.log"]) == 0
    assert (
        "c.log:1 matches\n"
        '✓ $.credentials.* = 7  one of credentials[*] is the number 7 or the text "7"'
        "  selected: *** masked ***, 7\n"
    ) == capsys.readouterr().out


def test_error_unreadable(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read is named, and the exit status says so."""
    assert invoke(["explain", "x", "absent"]) == 3
    assert (
        "",
        "trailbell: unreadable: absent: cannot be opened: no such file or directory\n",
    ) == capsys.readouterr()


def test_error_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong pattern is told as such."""
    assert invoke(["explain", "a:b"]) == 2
    assert capsys.readouterr().err.startswith(
        'trailbell: a term without quotes cannot hold ":"\n    a:b\n     ^\n'
    )
