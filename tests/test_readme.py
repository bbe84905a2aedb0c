"""The README's sessions are run, and what they print is compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sessions import ROOT, run_session

README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.split("\n")[0][2:50])
def test_session_prints_what_it_says(session: str, tmp_path: Path) -> None:
    """Every command of a session in the README prints what stands below it."""
    run_session(session, tmp_path)


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
