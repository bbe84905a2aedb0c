"""The tests that rules carry: what they ask, and what makes them fail."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from trailbell.record import read_record
from trailbell.rules import load_file
from trailbell.rules.testing import LARGEST, Answer, Verdict, run_tests

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "rule_tests.toml").read_text("utf-8"))["case"]

RULE = """
[[rule]]
name = "own"
pattern = '{ $.eventName = StopLogging }'
"""


def verdicts(folder: Path, text: str) -> list[Verdict]:
    """Run the tests of a file with one rule."""
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return run_tests(load_file(path).entries[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_verdict(case: dict[str, str], tmp_path: Path) -> None:
    """A test passes where the rule says what it expects, and fails in words where it does not."""
    text = '[[rule]]\nname = "own"\n' + case["rule"] + "\n[[rule.test]]\n" + case["test"]
    verdict = verdicts(tmp_path, text)[0]
    found = f"expected {verdict.expected}, got {verdict.got}"
    if verdict.test.timed:
        found += f", {verdict.fullest} in a window"
    assert case["verdict"] == f"{'passed' if verdict.passed else 'failed'}: {found}"


def test_order(tmp_path: Path) -> None:
    """Every test is run, in the order of the file, also of a rule that is switched off."""
    text = (
        RULE
        + "enabled = false\n"
        + "".join(
            f"[[rule.test]]\nname = \"{name}\"\nmatches = {matches}\nrecord = '''{record}'''\n"
            for name, matches, record in (
                ("first", "true", '{"eventName": "StopLogging"}'),
                ("second", "true", '{"eventName": "StopLogin"}'),
                ("third", "false", "StopLogging"),
            )
        )
    )
    found = [(one.test.name, one.passed) for one in verdicts(tmp_path, text)]
    assert [("first", True), ("second", False), ("third", True)] == found


def test_file_of_a_sample(tmp_path: Path) -> None:
    """A sample's file is found beside the rule file; the line end at its end is none of it."""
    text = "[[rule]]\nname = \"own\"\npattern = '[a = %^x$%]'\n"
    text += '[[rule.test]]\nmatches = true\nfile = "records/x.txt"\n'
    (tmp_path / "records").mkdir()
    for content in (b"x", b"x\n", b"x\r\n", b"\xef\xbb\xbfx\n"):
        (tmp_path / "records" / "x.txt").write_bytes(content)
        assert [True] == [one.passed for one in verdicts(tmp_path, text)]


@pytest.mark.parametrize("matches", ["true", "false"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "{path}: there is no such file"),
        (b"\xff", "{path}: cannot be read: it is not UTF-8 text"),
        (b"x" * (LARGEST + 1), "{path}: is larger than 16 MiB"),
        (b'{"eventName": }', "{path}: the record begins with { and is no JSON object"),
        (b'{"Records": []}', "{path}: a file of records is no event; give one of its Records"),
        (
            b'[{"eventName": "StartLogging"}]',
            "{path}: a list of records is no event; give one of them",
        ),
        (b" \n", "{path}: the record is empty, and no log event is"),
    ],
    ids=["none", "binary", "huge", "broken", "trail file", "list", "empty"],
)
def test_error_in_a_sample(
    content: bytes | None, problem: str, matches: str, tmp_path: Path
) -> None:
    """A sample that cannot be read fails its test, whatever that expects, with the reason."""
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    text = RULE + f'[[rule.test]]\nmatches = {matches}\nfile = "x.json"\n'
    (found,) = verdicts(tmp_path, text)
    expected = (False, Answer.UNREADABLE, problem.replace("{path}", str(path)))
    assert expected == (found.passed, found.answer, found.problem)


def test_samples_of_a_timed_test(tmp_path: Path) -> None:
    """Each time makes an event of its own of the record, and leaves the rest as it is written."""
    text = (
        RULE
        + """
[[rule.test]]
matches = true
record = '{"eventName": "StopLogging", "eventID": "x", "eventVersion": "1", "big": 1E400} '
times = ["0s", "90.5s"]
"""
    )
    (found,) = verdicts(tmp_path, text)
    messages = [one.event.message for one in found.samples]
    assert all(one.startswith('{"eventName": "StopLogging", "eventID": "x"') for one in messages)
    assert all('"big": 1E400' in one for one in messages)
    records = [read_record(one) for one in messages]
    assert [
        ("2026-01-01T00:00:00Z", "00000000-0000-4000-8000-000000000001"),
        ("2026-01-01T00:01:30.500000Z", "00000000-0000-4000-8000-000000000002"),
    ] == [(one.text("eventTime"), one.text("eventID")) for one in records if one]


def test_any_sample(tmp_path: Path) -> None:
    """No sample makes a test raise: odd fields, texts, deep nesting."""
    odd = ["", "{}", "[]", '"', '{"eventVersion": 1, "eventName": [], "eventTime": {}}', "\x00"]
    odd += ['{"eventVersion":"1","eventName":"x","a":' + "[" * 890 + "]" * 890 + "}"]
    odd += ['{"eventVersion":"1","eventName":"x","a":' + "[" * 5_000]
    text = (
        RULE
        + "threshold = { count = 2, within = '7d' }\n"
        + "".join(
            f"[[rule.test]]\nmatches = false\nrecord = {json.dumps(one)}\ntimes = ['0s', '1s']\n"
            f"[[rule.test]]\nmatches = false\nrecord = {json.dumps(one)}\n"
            for one in odd
        )
    )
    found = verdicts(tmp_path, text)
    assert 2 * len(odd) == len(found)
    assert {False} == {one.passed for one in found[-2:]}
