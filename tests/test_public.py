"""The public names of the package, and what importing it costs."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import trailbell

ROOT = Path(__file__).parents[1]

# None of them is needed to match a pattern, and each takes its time.
NOT_IMPORTED = ["boto3", "slack_sdk", "rich", "click", "sqlite3", "http.client", "asyncio"]


def test_names_are_sorted() -> None:
    """The list of public names is in order and holds each once."""
    assert sorted(set(trailbell.__all__)) == trailbell.__all__


@pytest.mark.parametrize("name", trailbell.__all__)
def test_name_is_there_and_documented(name: str) -> None:
    """A public name exists, and says what it is in a docstring of its own."""
    value = getattr(trailbell, name)
    documented = value.__doc__ or ""
    # Dataclasses and enumerations that say nothing get a docstring all the same.
    assert documented.strip()
    assert not documented.startswith(f"{name}(")
    assert documented.splitlines()[0].endswith(".")


@pytest.mark.parametrize("package", ["pattern", "rules", "engine", "deliver", "store", "decode"])
def test_names_of_a_room(package: str) -> None:
    """Each room that lists its names has them."""
    room = importlib.import_module(f"trailbell.{package}")
    assert [] == [name for name in room.__all__ if not hasattr(room, name)]


def test_import_is_light() -> None:
    """Importing the package brings in neither the command line nor AWS, Slack or a database."""
    code = "import sys, trailbell; print(*sorted(sys.modules))"
    ran = subprocess.run(  # noqa: S603  this interpreter, and the line above
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    loaded = set(ran.stdout.split())
    assert "trailbell.pattern" in loaded
    assert [] == [name for name in NOT_IMPORTED if name in loaded]


def test_version_is_the_package_s() -> None:
    """The version stands in one place, from which the build takes it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert {"attr": "trailbell.__version__"} == project["tool"]["setuptools"]["dynamic"]["version"]
    parts = trailbell.__version__.split(".")
    assert len(parts) == 3
    assert all(part.isdecimal() for part in parts)


def test_types_ship() -> None:
    """The package says that its annotations are for others to check against."""
    assert (ROOT / "src" / "trailbell" / "py.typed").is_file()
