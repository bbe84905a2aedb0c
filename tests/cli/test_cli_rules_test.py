"""``trailbell rules test`` at the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kit
from trailbell.rules import load_rules, pack_names

GOOD = """\
[[rule]]
name = "good"
pattern = '{ $.eventName = StopLogging }'
[[rule.test]]
name = "stops"
matches = true
record = '{"eventName": "StopLogging"}'
"""
FAILING = '''\
[[rule]]
name = "own"
threshold = { count = 3, within = "5m" }
[rule.patterns]
stopped = '{ $.eventName = StopLogging && $.awsRegion = eu-north-1 }'
changed = '{ $.eventName = UpdateTrail || $.eventName = PutEventSelectors }'

[[rule.except]]
name = "deploys"
reason = "they may"
values = { source_ip = ["198.51.100.7"] }

[[rule.except]]
name = "nightly"
reason = "recreates the trail"
pattern = '{ $.userAgent = "nightly/*" }'
until = 2026-03-14

[[rule.test]]
name = "no match"
matches = true
record = '{"eventName": "StopLogging", "awsRegion": "us-east-1"}'

[[rule.test]]
name = "a match"
matches = false
record = '{"eventName": "UpdateTrail"}'

[[rule.test]]
name = "an exception"
matches = true
record = '{"eventName": "UpdateTrail", "sourceIPAddress": "198.51.100.7"}'

[[rule.test]]
name = "not that exception"
matches = false
except = "deploys"
record = '{"eventName": "UpdateTrail", "sourceIPAddress": "198.51.100.8"}'

[[rule.test]]
name = "not that pattern"
matches = false
except = "nightly"
record = '{"eventName": "UpdateTrail", "userAgent": "weekly/1"}'

[[rule.test]]
name = "not any more"
matches = false
except = "nightly"
record = """{"eventName": "UpdateTrail", "userAgent": "nightly/1",
             "eventTime": "2026-03-15T00:00:00Z"}"""

[[rule.test]]
name = "too few"
matches = true
records = [
  { at = "0s", record = '{"eventName": "UpdateTrail", "eventSource": "cloudtrail.amazonaws.com"}' },
  { at = "1s", record = '{"eventName": "DeleteTrail", "eventSource": "cloudtrail.amazonaws.com"}' },
  { at = "2s", record = """{"eventName": "UpdateTrail", "eventVersion": "1.11",
                           "sourceIPAddress": "198.51.100.7"}""" },
]

[[rule.test]]
name = "broken"
matches = false
record = '{"eventName": '

[[rule]]
name = "untested"
pattern = "x"
'''
FAILED = """\
✗ own.toml:19  own: no match
    expected a match, got no match
    pattern "stopped"
    ✗ all of these hold
    └── ✗ $.awsRegion = eu-north-1  awsRegion is "eu-north-1"  selected: "us-east-1"
    pattern "changed"
    ✗ at least one of these holds
    ├── ✗ $.eventName = UpdateTrail  eventName is "UpdateTrail"  selected: "StopLogging"
    └── ✗ $.eventName = PutEventSelectors  eventName is "PutEventSelectors"  selected: "StopLogging"

✗ own.toml:24  own: a match
    expected no match, got a match
    pattern "changed"
    ✓ at least one of these holds
    └── ✓ $.eventName = UpdateTrail  eventName is "UpdateTrail"  selected: "UpdateTrail"

✗ own.toml:29  own: an exception
    expected a match, got the exception "deploys"
    the exception "deploys" holds: they may

✗ own.toml:34  own: not that exception
    expected the exception "deploys", got a match
    source_ip: "198.51.100.8"; asked for is "198.51.100.7"

✗ own.toml:40  own: not that pattern
    expected the exception "nightly", got a match
    ✗ $.userAgent = "nightly/*"  userAgent begins with "nightly/"  selected: "weekly/1"

✗ own.toml:46  own: not any more
    expected the exception "nightly", got a match
    its last day is 2026-03-14, the eventTime of the record is "2026-03-15T00:00:00Z"

✗ own.toml:53  own: too few
    expected an alert, got no alert
    1 of 3 within 5m in its fullest window
    of 3 samples 1 match no pattern and 1 are held by an exception
    the exception "deploys" holds: they may
    pattern "stopped"
    ✗ all of these hold
    └── ✗ $.eventName = StopLogging  eventName is "StopLogging"  selected: "DeleteTrail"
    pattern "changed"
    ✗ at least one of these holds
    ├── ✗ $.eventName = UpdateTrail  eventName is "UpdateTrail"  selected: "DeleteTrail"
    └── ✗ $.eventName = PutEventSelectors  eventName is "PutEventSelectors"  selected: "DeleteTrail"

✗ own.toml:63  own: broken
    expected no match, got a sample that cannot be read
    the record begins with { and is no JSON object

pack  rules  tests  passed  failed  without a test
own       2      8       0       8  untested

8 of 8 tests failed.
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(text: str, *arguments: str) -> kit.Ended:
    """Test a rule file of the working directory."""
    Path("own.toml").write_text(text, "utf-8")
    ended = kit.trailbell("rules", "test", "own.toml", *arguments)
    return kit.Ended(ended.exit, ended.out.replace(f"{Path.cwd()}/", ""), ended.err)


def test_failures() -> None:
    """Of each test that fails it is told what was expected, what came, and what decided it."""
    assert kit.Ended(1, FAILED, "") == run(FAILING)


def test_all_pass() -> None:
    """Where all is well, a table and a sentence say so; -v names every test."""
    table = """\
pack  rules  tests  passed  failed  without a test
own       1      1       1       0  none

The 1 test passed.
"""
    assert kit.Ended(0, table, "") == run(GOOD)
    assert kit.Ended(0, f"✓ own.toml:4  good: stops\n\n{table}", "") == run(GOOD, "-v")


def test_timed_tests_say_how_far_they_came() -> None:
    """With -v, a timed test that passes tells its count."""
    text = GOOD.replace("[[rule.test]]", "threshold = { count = 2, within = '1h' }\n[[rule.test]]")
    ended = run(f"{text}times = ['0s', '1s', '2s']\n", "-v")
    expected = "✓ own.toml:5  good: stops  (3 of 2 within 1h in its fullest window)"
    assert expected == ended.out.splitlines()[0]


def test_no_tests() -> None:
    """Where no rule has a test, it is said how to write one, and what it shows is a test."""
    text = GOOD.partition("[[rule.test]]")[0]
    ended = run(text)
    assert (0, "") == (ended.exit, ended.err)
    assert ended.out.startswith("No rule has a test. Write one below its rule, and one that")
    shown = "\n".join(ended.out.splitlines()[2:])
    assert run(f"{text}\n{shown}").exit == 0


def test_json() -> None:
    """Scripts get one object with every test, failed or not."""
    failing = GOOD.replace('"StopLogging"', '"StartLogging"')
    ended = run(failing, "--json")
    assert ended.exit == 1
    expected = {
        "passed": 0,
        "failed": 1,
        "packs": [
            {
                "name": "own",
                "path": "own.toml",
                "rules": 1,
                "passed": 0,
                "failed": 1,
                "untested": [],
                "tests": [
                    {
                        "rule": "good",
                        "name": "stops",
                        "place": "own.toml:4",
                        "passed": False,
                        "expected": "a match",
                        "got": "no match",
                        "reached": "",
                        "problem": "",
                    }
                ],
            }
        ],
    }
    assert expected == json.loads(ended.out)


def test_everything() -> None:
    """Without a name, the tests of all packs that ship are run, and pass."""
    ended = kit.trailbell("rules", "test", "--json")
    assert (0, "") == (ended.exit, ended.err)
    found: dict[str, Any] = json.loads(ended.out)
    packs = load_rules(pack_names(), Path())
    assert sorted(pack.name for pack in packs) == sorted(pack["name"] for pack in found["packs"])
    tests = sum(len(entry.tests) for pack in packs for entry in pack.entries)
    assert (tests, 0) == (found["passed"], found["failed"])
    assert {0} == {len(pack["untested"]) for pack in found["packs"]}


CONFIGURATION = """
rules = ["own.toml", "cis"]
published_patterns = true
[[except]]
rule = "good"
name = "everybody"
reason = "any"
pattern = "Stop"
""".replace('rule = "good"', 'rule = ["good"]')


def test_exceptions_of_the_configuration() -> None:
    """A configured rule is tested with the configuration's exceptions, and its own pattern."""
    Path("trailbell.toml").write_text(CONFIGURATION, "utf-8")
    ended = run(GOOD)
    assert ended.exit == 1
    assert 'the exception "everybody" holds: any' in ended.out
    Path("other.toml").write_text(GOOD, "utf-8")
    assert kit.trailbell("rules", "test", "other.toml").exit == 0
    # The published patterns are wrong on some of the records, which is why they are mended.
    assert kit.trailbell("rules", "test", "cis").exit == 0


def test_error_in_a_file() -> None:
    """A rule file that is wrong is wrong usage: nothing is tested."""
    ended = run(GOOD.replace("matches = true", "matches = 1"))
    assert (2, "") == (ended.exit, ended.out)
    assert 'test "stops": key "matches": expected true or false, found 1' in ended.err


def test_hostile_content() -> None:
    """Nothing of a record or a name reaches the terminal as a control sequence or as markup."""
    text = GOOD.replace("stops", "[red]\\u001b[2J").replace('"StopLogging"', '"\\u001b[2J"')
    ended = run(text)
    assert ended.exit == 1
    assert "\x1b" not in ended.out
    assert "[red]" in ended.out
    Path("a\x1b[2J.toml").write_text(GOOD, "utf-8")
    for command in ("test", "list"):
        ended = kit.trailbell("rules", command, "a*.toml")
        assert (0, False) == (ended.exit, "\x1b" in ended.out)
