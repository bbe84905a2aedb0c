"""``trailbell lint`` at the command line."""

from __future__ import annotations

import json

import pytest

from trailbell.cli import invoke


def test_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Patterns in which there is nothing to find end in success and silence."""
    assert invoke(["lint", "disk -full", "{ $.a = 1 }"]) == 0
    assert ("", "") == capsys.readouterr()


def test_findings(capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is shown with its place, its reason and what was probably meant."""
    assert invoke(["lint", "{ $.readOnly = false }", "a-b", "?x ?y -z"]) == 1
    assert (
        (
            'boolean-as-text: booleans never equal or differ: this asks for the text "false"\n'
            "    { $.readOnly = false }\n"
            "      ~~~~~~~~~~~~~~~~~^\n"
            "probably meant: { $.readOnly IS FALSE }\n"
            'joined-terms: "-" begins a term, also inside a word: this is read as a -b\n'
            "    a-b\n"
            "    ~~^\n"
            'probably meant: "a-b"\n'
            'ignored-optional: a term with "?" has no effect beside terms without: '
            "it can only be one of several to choose from\n"
            "    ?x ?y -z\n"
            "    ~~~~^\n"
        ),
        "",
    ) == capsys.readouterr()


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json each pattern is an object a line, findings or not."""
    assert invoke(["lint", "--json", "x", "{ $.a = Ev*ent }"]) == 1
    assert [
        {"pattern": "x", "findings": []},
        {
            "pattern": "{ $.a = Ev*ent }",
            "findings": [
                {
                    "code": "inner-wildcard",
                    "start": 8,
                    "end": 14,
                    "reason": '"*" stands for any text only at the start and at the end of a '
                    "value; inside it is the character itself",
                    "suggestion": "{ $.a = %^Ev.*ent$% }",
                }
            ],
        },
    ] == [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_present(capsys: pytest.CaptureFixture[str]) -> None:
    """A field that is always there is not said to be absent."""
    pattern = '{ $.type != "Root" }'

    assert invoke(["lint", pattern]) == 1
    capsys.readouterr()
    assert invoke(["lint", "--present", "$.type", pattern]) == 0
    assert ("", "") == capsys.readouterr()


def test_error_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong pattern goes before any finding."""
    assert invoke(["lint", "a-b", "{ $.a = null }"]) == 2
    assert (
        "",
        (
            "trailbell: null is not a value\n"
            "    { $.a = null }\n"
            "            ~~~^\n"
            'hint: write IS NULL, or "null" for the text\n'
        ),
    ) == capsys.readouterr()
