"""What explanations say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from trailbell.pattern import Explanation, compile_pattern

CASES = tomllib.loads((Path(__file__).parent / "explanations.toml").read_text())["case"]


def drawn(explanation: Explanation, indent: int = 0) -> str:
    """Draw an explanation as text: one line for each part."""
    mark = {True: "yes", False: "no", None: "-"}[explanation.held]
    line = f"{'  ' * indent}{mark} | {explanation.text} | {explanation.words}"
    if explanation.selected:
        line += f" | selected {', '.join(explanation.selected)}"
    if explanation.path:
        line += f" | path {'/'.join(explanation.path)}"
    if explanation.note:
        line += f" | {explanation.note}"
    return "\n".join([line, *(drawn(child, indent + 1) for child in explanation.children)])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_explanation(case: dict[str, str]) -> None:
    """An explanation is that of the table."""
    found = compile_pattern(case["pattern"]).explain(case.get("message"))

    assert case["drawn"].strip("\n") == drawn(found)
    assert case.get("decisive", []) == [part.text for part in found.decisive()]


def test_selected_is_short() -> None:
    """Values are shown in one short printable line, few of them, whoever wrote them."""
    message = '{"a": ["' + "x" * 500 + '", "\\u001b[31m\\u202e\\n", 1e9, [1, 2], {}, null, true]}'
    found = compile_pattern("{ $.a[*] = 1 }").explain(message)

    assert (
        '"' + "x" * 77 + '…"',
        '"\\x1b[31m\\u202e\\n"',
        "1e9",
        "an array of 2",
        "an object of 0",
        "and 2 more",
    ) == found.selected


def test_number_is_short() -> None:
    """A number of many digits is shown by its first."""
    found = compile_pattern("{ $.a = 1 }").explain('{"a": ' + "7" * 5000 + "}")

    assert ("7" * 79 + "…",) == found.selected
