"""``trailbell match`` at the command line."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from trailbell.cli import invoke

LOG = b"ERROR 3 disk full\nINFO 1 ok\nERROR 7 cpu hot\n"
TRAIL = {
    "Records": [
        {"eventName": "StopLogging", "awsRegion": "eu-west-1"},
        {"eventName": "ListBuckets", "awsRegion": "eu-west-1"},
        {"eventName": "DeleteTrail", "awsRegion": "us-east-1"},
    ]
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a log, a compressed trail file and an empty file."""
    monkeypatch.chdir(tmp_path)
    Path("a.log").write_bytes(LOG)
    Path("b.json.gz").write_bytes(gzip.compress(json.dumps(TRAIL).encode()))
    Path("c.log").write_bytes(b"")


@pytest.fixture
def _stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the log at the standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG)))


CASES = [
    (["ERROR", "a.log"], 0, "ERROR 3 disk full\nERROR 7 cpu hot\n"),
    (["-v", "ERROR", "a.log"], 0, "INFO 1 ok\n"),
    (["--invert-match", "?ERROR ?INFO", "a.log"], 1, ""),
    (["-c", "ERROR", "a.log"], 0, "2\n"),
    (["--count", "WARN", "a.log"], 1, "0\n"),
    (["-n", "ERROR", "a.log"], 0, "1:ERROR 3 disk full\n3:ERROR 7 cpu hot\n"),
    (["disk", "a.log", "c.log"], 0, "a.log:ERROR 3 disk full\n"),
    (["-n", "disk", "a.log", "c.log"], 0, "a.log:1:ERROR 3 disk full\n"),
    (["-c", "ERROR", "a.log", "c.log"], 0, "a.log:2\nc.log:0\n"),
    (["hot", "."], 0, "./a.log:ERROR 7 cpu hot\n"),
    (
        ["{ $.eventName = *Trail }", "b.json.gz"],
        0,
        '{"eventName": "DeleteTrail", "awsRegion": "us-east-1"}\n',
    ),
    (["-c", "{ $.awsRegion = eu* }", "b.json.gz"], 0, "2\n"),
    (
        ["--json", "[level, n > 5, text]", "a.log"],
        0,
        (
            '{"file": "a.log", "position": 3, "message": "ERROR 7 cpu hot", '
            '"fields": {"$level": "ERROR", "$n": "7", "$text": "cpu hot"}}\n'
        ),
    ),
    (
        ["--json", "disk", "a.log"],
        0,
        '{"file": "a.log", "position": 1, "message": "ERROR 3 disk full"}\n',
    ),
    (
        ["--json", "-c", "ERROR", "a.log", "c.log"],
        0,
        '{"file": "a.log", "count": 2}\n{"file": "c.log", "count": 0}\n',
    ),
    (
        ["--format", "text", "-c", "{ $.Records[0].eventName = StopLogging }", "b.json.gz"],
        0,
        "1\n",
    ),
]


@pytest.mark.parametrize(("arguments", "status", "output"), CASES)
def test_output(
    arguments: list[str], status: int, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is found is printed as grep would, and the exit status says whether anything was."""
    assert status == invoke(["match", *arguments])
    assert (output, "") == capsys.readouterr()


@pytest.mark.usefixtures("_stdin")
@pytest.mark.parametrize("files", [[], ["-"]])
def test_standard_input(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file, and with "-", the standard input is read."""
    assert invoke(["match", "hot", *files]) == 0
    assert ("ERROR 7 cpu hot\n", "") == capsys.readouterr()


def test_error_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong pattern is shown with the place and the hint, and nothing is read."""
    assert invoke(["match", "{ $.a == 1 }", "absent"]) == 2
    assert (
        "",
        'trailbell: there is no operator "=="\n    { $.a == 1 }\n          ~^\nhint: write "="\n',
    ) == capsys.readouterr()


@pytest.mark.parametrize("command", ["match", "explain"])
def test_error_order(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the file stands first, it is said that the pattern does."""
    assert invoke([command, "a.log", "{ $.a = b }"]) == 2
    assert capsys.readouterr().err.endswith("Error: the pattern stands first, then the files\n")
    assert invoke([command, "x" * 1_000, "{ $.a = b }"]) == 3


def test_error_unreadable(capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be read is named, the rest is searched, and the exit status says so."""
    assert invoke(["match", "disk", "absent", "a.log"]) == 3
    assert (
        "a.log:ERROR 3 disk full\n",
        "trailbell: unreadable: absent: cannot be opened: no such file or directory\n",
    ) == capsys.readouterr()


def test_bytes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Bytes that are not UTF-8 come out as U+FFFD, and control characters as they are in a pipe."""
    Path("d.log").write_bytes(b"disk \xff \x1b[31m\n")

    assert invoke(["match", "disk", "d.log"]) == 0
    assert capfdbinary.readouterr().out == "disk \ufffd \x1b[31m\n".encode()


def test_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets no control characters."""
    Path("d.log").write_bytes(b"disk \x1b]0;x\x07\xe2\x80\xae\n")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    assert invoke(["match", "disk", "d.log"]) == 0
    assert capsys.readouterr().out == "disk \ufffd]0;x\ufffd\ufffd\n"


def test_closed_pipe() -> None:
    """Whoever reads the output may stop reading."""
    Path("d.log").write_bytes(b"disk full\n" * 100_000)
    program = "from trailbell.cli import main; main()"
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", program, "match", "disk", "d.log"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"disk full\n"
        process.stdout.close()
        errors = process.stderr.read()
        assert (0, b"") == (process.wait(), errors)


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The help ends in an example to paste."""
    assert invoke(["match", "--help"]) == 0
    assert (
        """  Example:
    echo '{"level": "ERROR", "ms": 812}' | trailbell match '{ $.ms > 500 }'
"""
        in capsys.readouterr().out
    )
