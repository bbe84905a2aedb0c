"""The README's sessions are run, and what they print is compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ANYTHING = "…"
"""A line that stands for any number of lines."""

SESSIONS = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def steps(session: str) -> list[tuple[str, str]]:
    """Split a session into commands and what they print."""
    found = re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]
    return [(step.partition("\n")[0], step.partition("\n")[2].rstrip("\n")) for step in found]


def matches(expected: str, actual: str) -> bool:
    """Tell whether an output is the expected one, ``…`` on a line standing for any lines."""
    parts = [
        re.escape(part) for part in re.split(rf"^{ANYTHING}$\n?", expected, flags=re.MULTILINE)
    ]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), actual) is not None


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.split("\n")[0][2:50])
def test_session_prints_what_it_says(session: str, tmp_path: Path) -> None:
    """Every command of a session in the README prints what stands below it."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "COLUMNS": "90",
        "LC_ALL": "C.UTF-8",
    }
    (tmp_path / "src").symlink_to(ROOT / "src")
    for command, expected in steps(session):
        done = subprocess.run(  # noqa: S603  the README's own commands
            ["/bin/sh", "-c", command],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        printed = done.stdout.rstrip("\n")
        assert matches(expected, printed), f"$ {command}\n{printed}"


def test_readme_shows_sessions() -> None:
    """The README holds several sessions, so that the test above has something to run."""
    assert len(SESSIONS) >= 4


def test_make_targets_exist() -> None:
    """Every make target that a page of the project names stands in the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {
        name
        for page in pages
        for name in re.findall(r"(?m)(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"))
    }
    assert set() == named - targets
