"""``trailbell rules`` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trailbell.cli import invoke
from trailbell.cli.rules.show import laid_out
from trailbell.model import NamedPattern
from trailbell.pattern import compile_pattern
from trailbell.rules import load_rules, pack_names

PATTERN = '{ ($.eventName = StopLogging && $.errorCode NOT EXISTS) || $.eventName = "Delete*" }'
OWN = rf"""
lists = {{ deploy_roles = [] }}
[[rule]]
name = "trail-tampering"
title = "A trail was changed"
severity = "critical"
pattern = '{PATTERN}'
description = '''Call the owner.

Then read the trail.'''
references = ["CIS 5.5", "T1562.008"]
runbook = "https://wiki.example.com/trail"
group_by = ["actor", "region"]
threshold = {{ count = 5, within = "90m" }}
route = "security"
tags = ["attack.t1562.008"]
false_positives = ["planned work"]
published_pattern = '{{ $.eventName = "Delete* }}'
imported = {{ from = "sigma", id = "1234" }}

[[rule.except]]
name = "nightly rotation"
reason = "recreates the trail"
pattern = '{{ $.userAgent = "rotate*" }}'
until = 2027-06-30

[[rule.except]]
name = "deploys"
reason = "they may"
values = {{ actor = {{ list = "deploy_roles" }}, source_ip = ["198.51.100.7"] }}

[[rule.test]]
name = "five"
matches = true
record = '{{"eventName": "DeleteTrail"}}'
times = ["0s", "1s", "2s", "3s", "4s"]

[[rule.test]]
name = "the rotation"
matches = false
except = "nightly rotation"
record = '{{"eventName": "DeleteTrail", "userAgent": "rotate/1"}}'

[[rule]]
name = "root-usage"
title = "Root\u001b[2J"
severity = "info"
[rule.patterns]
denied = 'denied ?refused'
any = '%x%'
"""
CONFIGURATION = """
disabled = ["root-*"]
rules = ["rules/*.toml"]
[destination.security]
type = "terminal"
[lists]
deploy_roles = ["arn:aws:iam::*:role/deploy"]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a configuration and a rule file."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.toml").write_text(OWN, "utf-8")
    (tmp_path / "trailbell.toml").write_text(CONFIGURATION, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("own")
def test_list_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """The rules of a file that is named are a table, harmless to print."""
    assert invoke(["rules", "list", "rules/own.toml"]) == 0
    expected = (
        "name             severity  title                pack  tests\n"
        "trail-tampering  critical  A trail was changed  own   1+1\n"
        "root-usage       info      Root\ufffd[2J (disabled)  own   0+0\n"
    )
    assert (expected, "") == capsys.readouterr()


@pytest.mark.usefixtures("own")
def test_list_of_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name, the configured rules come first, then every pack that ships."""
    assert invoke(["rules", "list", "--json"]) == 0
    found = [(rule["pack"], rule["name"]) for rule in json.loads(capsys.readouterr().out)]
    shipped = [
        (pack.name, rule.name) for pack in load_rules(pack_names(), Path()) for rule in pack.rules
    ]
    assert [("own", "trail-tampering"), ("own", "root-usage"), *shipped] == found


@pytest.mark.usefixtures("empty")
def test_list_without_a_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a configuration, the packs that ship are listed, each once, the default first."""
    assert invoke(["rules", "list", "--json"]) == 0
    packs = [rule["pack"] for rule in json.loads(capsys.readouterr().out)]
    assert ["essentials", "aws-template", "cis"] == list(dict.fromkeys(packs))
    rules = sum(len(pack.rules) for pack in load_rules(pack_names(), Path()))
    assert rules == len(packs)


def test_list_with_a_configuration(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A configuration that is named is taken, and its paths are relative to it."""
    monkeypatch.chdir(own / "rules")
    assert invoke(["rules", "list", "--json", "--config", "../trailbell.toml"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "trail-tampering"


@pytest.mark.usefixtures("own")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The array says of each rule what a script needs."""
    assert invoke(["rules", "list", "--json", "rules/own.toml"]) == 0
    expected = [
        {
            "name": "trail-tampering",
            "title": "A trail was changed",
            "pack": "own",
            "severity": "critical",
            "enabled": True,
            "patterns": [PATTERN],
            "references": ["CIS 5.5", "T1562.008"],
            "tags": ["attack.t1562.008"],
            "threshold": {"count": 5, "within": "5400s"},
            "exceptions": [
                {
                    "name": "nightly rotation",
                    "reason": "recreates the trail",
                    "pattern": '{ $.userAgent = "rotate*" }',
                    "until": "2027-06-30",
                },
                {
                    "name": "deploys",
                    "reason": "they may",
                    "values": {
                        "actor": ["arn:aws:iam::*:role/deploy"],
                        "source_ip": ["198.51.100.7"],
                    },
                    "until": None,
                },
            ],
            "matching_tests": 1,
            "non_matching_tests": 1,
        },
        {
            "name": "root-usage",
            "title": "Root\x1b[2J",
            "pack": "own",
            "severity": "info",
            "enabled": False,
            "patterns": ["denied ?refused", "%x%"],
            "references": [],
            "tags": [],
            "threshold": None,
            "exceptions": [],
            "matching_tests": 0,
            "non_matching_tests": 0,
        },
    ]
    assert expected == json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("own")
def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    """A rule is shown with all that it says, its pattern by lines and in words."""
    assert invoke(["rules", "show", "trail-tampering"]) == 0
    expected = """\
trail-tampering  A trail was changed
severity    critical
pack        own, {place}:3
threshold   5 within 1h 30m
group by    actor, region
route       security
references  CIS 5.5, T1562.008
tags        attack.t1562.008
runbook     https://wiki.example.com/trail
imported    from sigma, id 1234

Call the owner.

Then read the trail.

pattern
    {{
      (
        $.eventName = StopLogging
        && $.errorCode NOT EXISTS
      )
      || $.eventName = "Delete*"
    }}

in plain words
    at least one of these holds:
      all of these hold:
        eventName is "StopLogging"
        there is no errorCode
      eventName begins with "Delete"

published pattern; it runs instead with published_patterns = true
    {{ $.eventName = "Delete* }}

exceptions
    nightly rotation: recreates the trail (until 2027-06-30)
        {{ $.userAgent = "rotate*" }}
    deploys: they may
        actor: arn:aws:iam::*:role/deploy
        source_ip: 198.51.100.7

false positives
    planned work

tests
    rings: five
    exception "nightly rotation": the rotation
"""
    assert (expected.format(place="rules/own.toml"), "") == capsys.readouterr()


@pytest.mark.usefixtures("own")
def test_show_own_before_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    """Of two rules of a name, the configured one is shown; a name after it says which."""
    assert invoke(["rules", "show", "root-usage"]) == 0
    expected = """\
root-usage  Root\ufffd[2J
severity  info
pack      own, rules/own.toml:44
enabled   no, it never runs

pattern "denied"
    denied ?refused

in plain words
    all of these hold:
      the message contains "denied"
      the message contains "refused" (an optional term has no effect beside terms that are not)

pattern "any"
    %x%

in plain words
    the message has a match of the regex x
"""
    assert (expected, "") == capsys.readouterr()

    assert invoke(["rules", "show", "root-usage", "cis"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert ["severity    high", "pack        cis"] == lines[1:3]


NO_RULES = [
    (
        "root-usge",
        (
            'trailbell: rule "root-usge": there is no such rule;'
            ' did you mean "root-usage" or "root-used"?'
        ),
    ),
    (
        "xyz",
        'trailbell: rule "xyz": there is no such rule; "trailbell rules list" shows all',
    ),
]


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(("name", "message"), NO_RULES)
def test_error_no_rule(name: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no rule has is wrong usage; what is spelled nearly so is offered."""
    assert invoke(["rules", "show", name]) == 2
    assert ("", f"{message}\n") == capsys.readouterr()


def test_error_in_a_file(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule file with a mistake is wrong usage, told with its place."""
    (empty / "own.toml").write_text('[[rule]]\nname = "own"\npattern = "{"\n', "utf-8")
    assert invoke(["rules", "list", "own.toml"]) == 2
    expected = (
        'trailbell: own.toml:1: rule "own":'
        ' a pattern that begins with "{" must end with "}"\n    {\n    ^\n'
    )
    assert ("", expected) == capsys.readouterr()


@pytest.mark.parametrize("command", ["list", "show"])
def test_help_ends_in_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The help shows a command to paste, and that command works."""
    assert invoke(["rules", command, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    example = lines[lines.index("  Example:") + 1].split()
    assert example[:2] == ["trailbell", "rules"]
    assert invoke(example[1:]) == 0


RULES = [rule for pack in load_rules(pack_names(), Path()) for rule in pack.rules]
PATTERNS = [
    "{ $.a = 1 }",
    '{$.a="b" && ($.c IS TRUE || $.d[*].e != 3)}',
    "{ $.a = x && $.b = y || $.c = z }",
    "",
    "disk -full",
    "[ip, user=x && user!=y, ...]",
    "%a{2}%",
    f"{{{' || '.join(f'($.a{n}=1&&$.b={n})' for n in range(10, 58))}}}",
    f"{{{'||'.join(f'$.a{n}=1' for n in range(100, 200))}}}",
]


@pytest.mark.parametrize(
    "pattern", [*(one.text for rule in RULES for one in rule.any_of), *PATTERNS]
)
def test_layout_is_the_same_pattern(pattern: str) -> None:
    """What is laid out can be pasted: it is a pattern that equals the rule's."""
    lines = laid_out(NamedPattern("", pattern))
    assert compile_pattern(pattern) == compile_pattern("\n".join(lines))
