"""``trailbell completion``."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import kit


@pytest.mark.parametrize(
    ("shell", "mark"),
    [
        ("bash", "complete -o nosort -F _trailbell_completion trailbell"),
        ("zsh", "#compdef trailbell"),
        ("fish", "complete --no-files --command trailbell"),
    ],
)
def test_scripts(shell: str, mark: str) -> None:
    """Each shell gets a script of its own, that asks trailbell for what completes a word."""
    ended = kit.trailbell("completion", shell)
    assert (0, "") == (ended.exit, ended.err)
    assert mark in ended.out
    assert f"_TRAILBELL_COMPLETE={shell}_complete" in ended.out


def test_another_shell() -> None:
    """Another shell is refused with the names of the three."""
    ended = kit.trailbell("completion", "cmd")
    assert 2 == ended.exit
    assert "'bash', 'zsh', 'fish'" in ended.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [("trailbell sta", ["status"]), ("trailbell run --dr", ["--dry-run"])],
)
def test_completes(words: str, expected: list[str]) -> None:
    """What the scripts ask for completes commands and options."""
    done = kit.spawn(
        env={
            "_TRAILBELL_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        },
        before="import sys; from trailbell.cli import cli\n"
        "from trailbell.cli.completion import answer_shell\n"
        "sys.exit(answer_shell(cli))",
    )
    assert expected == [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_are_legal(shell: str) -> None:
    """The shell itself, where there is one, takes its script."""
    found = shutil.which(shell)
    if not found:
        pytest.skip(f"{shell} is not here")
    done = subprocess.run(  # noqa: S603  the shell that was found
        [found, "-n"],
        input=kit.trailbell("completion", shell).out,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
