"""The files that ``trailbell init`` writes: a configuration and a rule file to begin with."""

from importlib import resources
from pathlib import PurePosixPath

_FILES = {
    PurePosixPath("trailbell.toml"): "trailbell.toml",
    PurePosixPath("rules/own.toml"): "own.toml",
}


def starter_files() -> dict[PurePosixPath, str]:
    """Return the files by their paths, relative to the folder that they are written into."""
    folder = resources.files("trailbell.starter")
    return {path: (folder / name).read_text("utf-8") for path, name in _FILES.items()}
