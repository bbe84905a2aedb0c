"""The command as a whole: help, errors, and exit statuses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import kit
from trailbell import __version__
from trailbell.cli import COMMANDS
from trailbell.cli.exits import Exit


def examples_of(text: str) -> list[str]:
    """Return the command lines of a help's examples."""
    block = re.search(r"^  Examples?[^\n]*:\n((?:    .*\n)+)", text, re.MULTILINE)
    assert block, text
    # A line that ends in a pipe goes on in the next.
    return re.sub(r"\|\n\s+", "| ", re.sub(r"(?m)^    ", "", block[1])).splitlines()


def below(*path: str) -> list[tuple[str, ...]]:
    """Name a command, and the commands below it."""
    listed = re.search(r"(?m)^Commands:\n((?:  .*\n)+)", kit.trailbell(*path, "--help").out)
    names = re.findall(r"(?m)^  (\S+)", listed[1]) if listed else []
    return [path, *((*path, name) for name in names)]


SIGMA_RULE = """\
title: A trail was stopped
logsource: {product: aws, service: cloudtrail}
detection:
  stopped: {eventName: StopLogging}
  condition: stopped
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_that_work(command: str, tmp_path: Path) -> None:
    """The examples in the help of every command run as they stand."""
    (tmp_path / "AWSLogs").mkdir()
    kit.write_trail(tmp_path / "AWSLogs" / "trail.json", [kit.record()])
    (tmp_path / "rules").mkdir()
    sigma = tmp_path / "sigma" / "rules" / "cloud" / "aws"
    sigma.mkdir(parents=True)
    (sigma / "stopped.yml").write_text(SIGMA_RULE, "utf-8")
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "SHELL": "/bin/sh",
    }
    for path in below(command):
        ended = kit.trailbell(*path, "--help")
        assert 0 == ended.exit
        for example in examples_of(ended.out):
            assert "trailbell " in example
            if "import-sigma" in example and not list(metadata.distributions(name="pysigma")):
                continue  # What reads Sigma rules is an extra.
            # To post for real is no test; that it is understood so far is one.
            line = example.replace("SLACK_WEBHOOK_URL=…", "") + (
                " --dry-run" if "--to slack" in example else ""
            )
            done = subprocess.run(  # noqa: S603  the help's own examples
                ["/bin/bash" if "bash" in line else "/bin/sh", "-c", line],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            expected = Exit.NOTHING_FOUND if command == "lint" else Exit.OK
            assert expected == done.returncode, f"{line}\n{done.stdout}{done.stderr}"


def test_help_names_every_command() -> None:
    """The help of all lists the commands in the order in which one meets them, and ends well."""
    ended = kit.trailbell("--help")
    assert 0 == ended.exit
    listed = ended.out.partition("Commands:\n")[2]
    assert list(COMMANDS) == re.findall(r"(?m)^  ([a-z]+)", listed)


def test_version() -> None:
    """The version is that of the package."""
    assert kit.Ended(0, f"trailbell {__version__}\n", "") == kit.trailbell("--version")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "Missing argument 'SOURCE...'"),
        (["run", "-", "--colour"], "--colour"),
        (["run", "-", "--to", "pager"], "'pager' is not one of 'slack', 'terminal', 'none'"),
        (["run", "-", "--wait", "soon"], 'expected seconds, or a duration such as "5m"; found'),
        (["run", "-", "--since", "never"], 'expected a time such as "2026-03-14T02:00Z"'),
        (["run", "-", "--config", "no.toml"], "File 'no.toml' does not exist"),
        (["run", "-", "--rules", "no.toml"], 'rules "no.toml": no such pack or file'),
        (["run", "-", "--store", "."], "File '.' is a directory"),
        (["run", "-", "--format", "xml"], "'xml' is not one of"),
        (["nothing"], "No such command 'nothing'.\n"),
        (["help"], "No such command 'help'. Did you mean '--help'?"),
        (["rn"], "No such command 'rn'. Did you mean 'run'?"),
        (["rules", "valdate"], "No such command 'valdate'. Did you mean 'validate'?"),
    ],
    ids=str,
)
def test_error_usage(arguments: list[str], said: str) -> None:
    """Wrong usage ends with 2, says what is wrong, and does nothing."""
    ended = kit.trailbell(*arguments)
    assert (2, "") == (ended.exit, ended.out)
    assert said in ended.err
    assert "Traceback" not in ended.err


BROKEN = """
import trailbell.cli.status as status
class Broken:
    def __init__(*_, **__): raise RuntimeError("with a secret in it")
status.Store = Broken
"""


def test_error_internal() -> None:
    """A mistake of Trailbell itself is one line that asks for a report, and status 70."""
    done = kit.spawn("status", before=BROKEN)
    assert (Exit.INTERNAL, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("trailbell: internal error: RuntimeError; run it again with")
    assert 1 == done.stderr.count("\n")
    assert "secret" not in done.stderr


@pytest.mark.parametrize("arguments", [["status", "--debug"], ["--debug", "status"]], ids=str)
def test_debug_shows_a_traceback(arguments: list[str]) -> None:
    """Only with --debug, before or after the command, a traceback is shown."""
    done = kit.spawn(*arguments, before=BROKEN)
    assert "Traceback" in done.stderr
    assert "RuntimeError" in done.stderr


def test_debug_shows_where_an_error_comes_from(tmp_path: Path) -> None:
    """--debug shows the traceback of an expected error as well."""
    (tmp_path / "rules.toml").write_text("[[rule]\n")
    done = kit.spawn("run", "-", "--rules", tmp_path / "rules.toml", "--debug")
    assert "ConfigurationError" in done.stderr
    assert "Traceback" in done.stderr


PRINTING = (
    ["--help"],
    ["demo", "--no-browser", "--preview", "p.html"],
    ["explain", "x"],
    ["manifest"],
    ["rules", "list"],
    ["status", "--store", "s.db"],
)


@pytest.mark.parametrize("arguments", PRINTING, ids=str)
def test_closed_pipe(arguments: list[str], tmp_path: Path) -> None:
    """Whoever reads the output may stop reading: that is no error, and nothing is said."""
    reading, writing = os.pipe()
    os.close(reading)
    assert (0, "") == printed_to(writing, arguments, tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs an output that is always full")
@pytest.mark.parametrize("arguments", PRINTING, ids=str)
def test_error_output_full(arguments: list[str], tmp_path: Path) -> None:
    """An output that cannot be written is said in words, and has its status."""
    said = "trailbell: no space left on device\n"
    full = os.open("/dev/full", os.O_WRONLY)
    assert (Exit.NOT_WRITTEN, said) == printed_to(full, arguments, tmp_path)


def printed_to(output: int, arguments: list[str], folder: Path) -> tuple[int, str]:
    """Run a command with its output to a file that is closed then; give status and errors."""
    done = subprocess.run(  # noqa: S603  the command under test
        kit.command(*arguments),
        cwd=folder,
        env=kit.environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(output)
    return done.returncode, done.stderr


def test_error_names_are_harmless(tmp_path: Path) -> None:
    """What is quoted in an error cannot move or colour the terminal, whoever chose it."""
    name = "a\x1b[2J\u202e.toml"
    (tmp_path / name).write_text("")
    ended = kit.trailbell("run", "-", "--rules", tmp_path / name)
    shown = str(tmp_path / "a\ufffd[2J\ufffd.toml")
    expected = f"trailbell: {shown}: holds no rule; a rule is a [[rule]] table\n"
    assert kit.Ended(2, "", expected) == ended


def test_exit_statuses_stay() -> None:
    """Scripts rely on the numbers."""
    expected = {
        "OK": 0, "NOTHING_FOUND": 1, "WRONG_USAGE": 2, "UNREADABLE": 3, "OWED": 4,
        "INTERNAL": 70, "NOT_WRITTEN": 74, "INTERRUPTED": 130,
    }  # fmt: skip
    assert expected == {status.name: status.value for status in Exit}


def test_interrupted() -> None:
    """Ctrl-C ends a command with 130."""
    code = "import trailbell.cli.status as s\ndef stop(*_, **__): raise KeyboardInterrupt\n"
    done = kit.spawn("status", before=code + "s.Store = stop")
    assert 130 == done.returncode
    assert done.stderr.startswith("trailbell: stopped")
