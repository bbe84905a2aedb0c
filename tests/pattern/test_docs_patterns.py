"""The examples of the pages about the language."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import pytest

from trailbell.pattern import PatternSyntaxError, compile_pattern, lint

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["patterns.md", "differences.md"]
_FENCE = re.compile(r"^```(pattern|wrong|lint)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _examples(kind: str) -> list[object]:
    """Give the examples of one kind, each a list of lines, from all pages."""
    return [
        pytest.param(body.removesuffix("\n").split("\n"), id=f"{page}: {body.splitlines()[0]}")
        for page in PAGES
        for found, body in _FENCE.findall((DOCS / page).read_text())
        if found == kind
    ]


@pytest.mark.parametrize("lines", _examples("pattern"))
def test_pattern(lines: list[str]) -> None:
    """A pattern matches the messages with "+", extracts what is shown, and no message with "-"."""
    pattern, *rest = lines
    compiled, message = compile_pattern(pattern), ""
    assert rest
    for line in rest:
        sign, content = line[0], line[2:]
        if sign == "=":
            extracted = compiled.extract(message)
            assert extracted is not None
            assert list(json.loads(content).items()) == list(extracted.items())
        else:
            message = content
            assert (sign == "+") is compiled.matches(message), line


@pytest.mark.parametrize("lines", _examples("wrong"))
def test_wrong(lines: list[str]) -> None:
    """A wrong pattern is told to be wrong for the reason that is shown."""
    pattern, reason = lines
    with pytest.raises(PatternSyntaxError) as raised:
        compile_pattern(pattern)

    assert reason == raised.value.reason


@pytest.mark.parametrize("lines", _examples("lint"))
def test_lint(lines: list[str]) -> None:
    """A doubtful pattern has the finding and the suggestion that are shown."""
    pattern, expected = lines

    assert expected in [f"{finding.code}: {finding.suggestion}" for finding in lint(pattern)]


def test_every_finding_is_documented() -> None:
    """Every kind of finding stands in the table of the page and has an example."""
    code = re.compile(r'Finding\(\s*"([a-z-]+)"')
    source = Path(__file__).parents[2] / "src/trailbell/pattern"
    known = {name for path in source.glob("*.py") for name in code.findall(path.read_text())}
    page = (DOCS / "patterns.md").read_text()

    assert known
    assert known == set(re.findall(r"^\| `([a-z]+-[a-z-]+)` \|", page, re.MULTILINE))
    assert known == set(re.findall(r"^([a-z]+-[a-z-]+): ", page, re.MULTILINE))


def test_python() -> None:
    """What is shown in Python happens."""
    failed, tried = doctest.testfile(str(DOCS / "patterns.md"), module_relative=False)

    assert failed == 0
    assert tried > 0
