"""``trailbell rules import-sigma``."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("sigma.rule", reason="pySigma is not installed: the extra sigma")

from click.testing import CliRunner, Result

from trailbell.cli.import_sigma import import_sigma
from trailbell.errors import ConfigurationError
from trailbell.model import Severity
from trailbell.pattern import lint
from trailbell.rules import load_rules

HERE = Path(__file__).parent
RULES = HERE / "rules"
EXPECTED = (HERE / "rules_expected.toml").read_text(encoding="utf-8")
REPORT = (HERE / "rules_report.txt").read_text(encoding="utf-8")


def run(*arguments: object, stdin: str | bytes = "") -> Result:
    """Run the command in this process."""
    given = [str(argument) for argument in arguments]
    return CliRunner().invoke(import_sigma, given, input=stdin, standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds the rules."""
    shutil.copytree(RULES, tmp_path / "rules")
    (tmp_path / "rules" / "README.md").write_text("no rule", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rule_file(folder: Path) -> None:
    """A folder of rules becomes one rule file, and each rule is told of."""
    done = run("rules", "--output", "own.toml")
    assert EXPECTED == (folder / "own.toml").read_text(encoding="utf-8")
    assert (1, "", REPORT) == (done.return_value, done.stdout, done.stderr)


def test_the_rule_file_loads(folder: Path) -> None:
    """The rules load, lint has nothing to say of them, and they hold where Sigma's do."""
    run("rules", "--output", "own.toml")
    (pack,) = load_rules(("own.toml",), folder)
    rules = {entry.rule.name: entry.rule for entry in pack.entries}
    texts = [one.text for rule in rules.values() for one in rule.any_of]
    assert [] == [found for text in texts for found in lint(text)]
    stopped = rules["a-trail-was-stopped-by-nobody-who-deploys"]
    assert Severity.HIGH is stopped.severity
    record = {"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"}
    assert stopped.holding(json.dumps(record))
    deploy = {"userIdentity": {"arn": "arn:aws:sts::111122223333:assumed-role/Deploy-1/x"}}
    assert stopped.holding(json.dumps(record | deploy))
    deploy = {"userIdentity": {"arn": "arn:aws:iam::111122223333:Role/DEPLOY-1"}}
    assert not stopped.holding(json.dumps(record | deploy))
    assert not stopped.holding(json.dumps(record | {"errorCode": "AccessDenied"}))


def test_standard_input_and_output() -> None:
    """A rule that is piped in comes out as a rule file; the report stays apart."""
    text = (RULES / "trail_stopped.yml").read_text(encoding="utf-8")
    done = run("-", stdin=text)
    assert 0 == done.return_value
    (rule,) = tomllib.loads(done.stdout)["rule"]
    assert "a-trail-was-stopped-by-nobody-who-deploys" == rule["name"]
    assert done.stderr.startswith("imported: -:1: A trail was stopped")


def test_any_case() -> None:
    """With --any-case also what AWS spells is found in any case, and the file says so."""
    text = """
    title: Stopped
    logsource: {product: aws, service: cloudtrail}
    detection: {s: {eventName: StopIt}, condition: s}
    """
    done = run("--any-case", "-", stdin=text)
    assert "'{ $.eventName = %^[Ss][Tt][Oo][Pp][Ii][Tt]$% }'" in done.stdout
    assert "as AWS spells it" not in done.stdout + done.stderr


@pytest.mark.usefixtures("folder")
def test_json() -> None:
    """With --json the report is an array on the standard output, and nothing else is."""
    done = run("rules/trail_stopped.yml", "rules/missing.yml", "--json")
    assert (3, "") == (done.return_value, done.stderr)
    assert [
        {
            "path": "rules/trail_stopped.yml",
            "line": 1,
            "title": "A trail was stopped, by nobody who deploys",
            "id": "2c9f3f0e-8f0b-4c0e-9a54-0d1f5a7be001",
            "imported": True,
            "name": "a-trail-was-stopped-by-nobody-who-deploys",
            "reason": None,
            "notes": ["compared as AWS spells it: eventSource, eventName"],
        },
        {
            "path": "rules/missing.yml",
            "line": None,
            "title": "",
            "id": "",
            "imported": False,
            "name": None,
            "reason": "no such file or directory",
            "notes": [],
        },
    ] == json.loads(done.stdout)


def test_unreadable_files_stop_nothing(folder: Path) -> None:
    """A file that cannot be read is named, the others are imported, and the exit status tells."""
    (folder / "rules" / "bytes.yml").write_bytes(b"title: \xff")
    done = run("rules", "--output", "own.toml")
    assert 3 == done.return_value
    assert "unreadable: rules/bytes.yml: it is not UTF-8 text, at byte 7\n" in done.stderr
    assert EXPECTED == (folder / "own.toml").read_text(encoding="utf-8")


def test_nothing_is_replaced(folder: Path) -> None:
    """A file that is there stays, unless --force is given."""
    (folder / "own.toml").write_text("mine", "utf-8")
    done = run("rules", "--output", "own.toml")
    assert isinstance(done.exception, ConfigurationError)
    reason = "own.toml: there already; --force replaces it, another --output leaves it"
    assert reason == str(done.exception)
    assert "mine" == (folder / "own.toml").read_text(encoding="utf-8")
    run("rules", "--output", "own.toml", "--force")
    assert EXPECTED == (folder / "own.toml").read_text(encoding="utf-8")


def test_no_rule_no_file(folder: Path) -> None:
    """Where no rule can be imported, no file is written."""
    (folder / "other.yml").write_text("title: nothing\n", "utf-8")
    done = run("other.yml", "--output", "own.toml")
    assert 1 == done.return_value
    assert not (folder / "own.toml").exists()
    assert done.stderr.endswith("imported 0 of 1 rules, 1 not: 1 broken\n")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["empty"], "empty: no .yml or .yaml file with a rule in it"),
        (
            ["rules", "--json", "--output", "-"],
            "--json prints the report to the standard output; name a file with --output",
        ),
    ],
)
def test_error_usage(folder: Path, arguments: list[str], reason: str) -> None:
    """What cannot be done is told before anything is."""
    (folder / "empty").mkdir()
    done = run(*arguments)
    assert isinstance(done.exception, ConfigurationError)
    assert reason == str(done.exception)


def test_error_without_pysigma(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pySigma the command says what to install."""
    monkeypatch.setitem(sys.modules, "sigma.rule", None)
    done = run(RULES)
    assert isinstance(done.exception, ConfigurationError)
    reason = "importing Sigma rules needs pySigma: pip install 'pysigma>=2,<3'"
    assert reason == str(done.exception)


def test_hostile_texts_stay_texts(folder: Path) -> None:
    """Whatever a rule says of itself stands in the file as text, and in the report on one line."""
    rule = {
        "title": "A\u202e\x1b[2J\n[[rule]]\nname = 'evil'",
        "author": '"""\n[[rule]]',
        "description": 'x\n"""\n[[rule]]\n\\',
        "tags": ["attack.t1078\n[[rule]]"],
        "falsepositives": ["'''", 7],
        "references": ["\x07"],
        "level": "high",
        "logsource": {"service": "cloudtrail"},
        "detection": {"s": {"requestParameters.a|cased": "'''\"\\"}, "condition": "s"},
    }
    (folder / "evil.yml").write_text(json.dumps(rule), "utf-8")
    done = run("evil.yml", "--output", "own.toml")
    assert 0 == done.return_value
    assert [
        "imported: evil.yml:1: A [2J [[rule]] name = 'evil': a-2j-rule-name-evil",
        "imported 1 of 1 rules",
    ] == done.stderr.splitlines()
    (pack,) = load_rules(("own.toml",), folder)
    (entry,) = pack.entries
    assert "A [2J [[rule]] name = 'evil'" == entry.rule.title
    assert 'x\n"""\n[[rule]]\n\\' == entry.rule.description
    assert entry.rule.holding(json.dumps({"requestParameters": {"a": "'''\"\\"}}))
    (table,) = tomllib.loads((folder / "own.toml").read_text(encoding="utf-8"))["rule"]
    assert {"format": "sigma", "author": '""" [[rule]]', "level": "high"} == table["imported"]
    assert (["attack.t1078 [[rule]]"], ["'''"]) == (table["tags"], table["false_positives"])
