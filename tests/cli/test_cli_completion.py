"""``trailbell completion``."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

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


def completed(words: str, folder: Path) -> list[str]:
    """Return what completes the last of some words, in a shell whose state is in a folder."""
    done = kit.spawn(
        env={
            "_TRAILBELL_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
            "XDG_STATE_HOME": str(folder),
        },
        before="import sys; from trailbell.cli import cli\n"
        "from trailbell.cli.completion import answer_shell\n"
        "sys.exit(answer_shell(cli))",
    )
    assert "" == done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("trailbell sta", ["plain,status"]),
        ("trailbell run --dr", ["plain,--dry-run"]),
        ("trailbell run ni", ["file,ni"]),
        ("trailbell match x ", ["file,"]),
        ("trailbell top --rules ci", ["file,ci", "plain,cis"]),
        ("trailbell rules test rules/", ["file,rules/"]),
        ("trailbell rules show root-us", ["plain,root-used", "plain,root-usage"]),
        ("trailbell mute zo", ["plain,zoo"]),
        ("trailbell mute root-us", ["plain,root-used"]),
        ("trailbell mute --rules cis root-us", ["plain,root-usage"]),
        ("trailbell unmute ", []),
    ],
)
def test_completes(
    words: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the scripts ask for completes commands, options, packs and rules; files the shell."""
    tmp_path.joinpath("own.toml").write_text('[[rule]]\nname = "zoo"\npattern = "x"\n', "utf-8")
    tmp_path.joinpath("trailbell.toml").write_text('rules = ["essentials", "own.toml"]', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert expected == completed(words, tmp_path)


def test_completes_what_is_muted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``unmute`` takes are the rules that are muted, and the ids of mutes."""
    monkeypatch.chdir(tmp_path)
    muted = ("mute", "root-used", "--for", "1h", "--reason", "drill")
    kit.spawn(*muted, env={"XDG_STATE_HOME": str(tmp_path)})
    rule, number = completed("trailbell unmute ", tmp_path)
    assert "plain,root-used" == rule
    assert re.fullmatch("plain,[0-9a-f]{6}", number)


def test_completes_beside_a_broken_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A configuration that is half written leaves the shipped rules to complete, and no error."""
    tmp_path.joinpath("trailbell.toml").write_text('rules = ["ess', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert ["plain,root-usage", "plain,root-used"] == completed(
        "trailbell rules show root-us", tmp_path
    )
    assert [] == completed("trailbell mute root-us", tmp_path)


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
