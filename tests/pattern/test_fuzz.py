"""The fuzz target, on its seeds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import trailbell.pattern

if TYPE_CHECKING:
    from types import ModuleType

TARGET = Path(__file__).parents[2] / "fuzz" / "fuzz_pattern.py"


@pytest.fixture(name="target", scope="module")
def _target() -> ModuleType:
    """Load the fuzz target."""
    spec = importlib.util.spec_from_file_location("fuzz_pattern", TARGET)
    assert spec is not None
    assert spec.loader is not None
    target = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(target)
    return target


def test_seeds(target: ModuleType) -> None:
    """No seed of the fuzz target breaks a promise, and there are legal and wrong ones."""
    seeds = list(target.seeds())
    for seed in seeds:
        target.check(trailbell.pattern, seed)

    assert len(seeds) > 300


def test_error_broken_promise(target: ModuleType) -> None:
    """The target notices an answer that is not the same for text and bytes."""

    class Liar(trailbell.pattern.Pattern):
        def matches(self, message: object) -> bool:
            return isinstance(message, bytes)

    class Language:
        PatternSyntaxError = trailbell.pattern.PatternSyntaxError
        Message = trailbell.pattern.Message
        compile_pattern = Liar

    with pytest.raises(AssertionError, match="text and bytes give one answer"):
        target.check(Language, b"a" + target.SPLIT + b"a")
