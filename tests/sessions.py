"""The sessions of a page: commands in a shell, and what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ANYTHING = "…"
"""A line that stands for any number of lines."""


def steps(session: str) -> list[tuple[str, str]]:
    """Split a session into commands and what they print."""
    found = re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]
    return [(step.partition("\n")[0], step.partition("\n")[2].rstrip("\n")) for step in found]


def run_session(session: str, folder: Path) -> None:
    """Run the commands of a session in a folder; fail where one prints something else."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state"),
        "COLUMNS": "90",
        "LC_ALL": "C.UTF-8",
    }
    if not (folder / "src").exists():
        (folder / "src").symlink_to(ROOT / "src")
    for command, expected in steps(session):
        done = subprocess.run(  # noqa: S603  the page's own commands
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        printed = done.stdout.rstrip("\n")
        assert _matches(expected, printed), f"$ {command}\n{printed}"


def _matches(expected: str, actual: str) -> bool:
    """Tell whether an output is the expected one, ``…`` on a line standing for any lines."""
    parts = [
        re.escape(part) for part in re.split(rf"^{ANYTHING}$\n?", expected, flags=re.MULTILINE)
    ]
    return re.fullmatch(r"(?:.*\n?)*?".join(parts), actual) is not None
