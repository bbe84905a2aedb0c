"""``trailbell config show``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

import kit
from trailbell.rules import DEFAULT_PACK

SECRET = "https://hooks.slack.com/services/T0/B0/tiger"

FULL = """\
rules = ["rules/*.toml"]
disabled = ["second"]

[destination.security]
type = "slack-webhook"
url = { env = "URL_OF_SECURITY" }

[destination.log]
type = "slack-webhook"
url = { file = "log-url" }
burst = 5

[[route]]
severity = ["high", "critical"]
to = "security"

[accounts]
"111122223333" = "prod"

[lists]
deploy_roles = ["arn:aws:iam::*:role/deploy-*"]

[[except]]
rule = ["first"]
name = "deploys"
reason = "they may"
values = { actor = { list = "deploy_roles" } }
until = 2027-06-30

[group]
window = "90s"
"""

SHOWN = """\
# trailbell.toml
# rules that run: own 1
rules = ["rules/*.toml"]
disabled = ["second"]
published_patterns = false

# url: there, and not shown
[destination.security]
type = "slack-webhook"
url = { env = "URL_OF_SECURITY" }
per_second = 1.0
burst = 3

# url: missing: log-url cannot be read: No such file or directory
[destination.log]
type = "slack-webhook"
url = { file = "log-url" }
per_second = 1.0
burst = 5

[[route]]
to = "security"
severity = ["high", "critical"]

[[except]]
rule = ["first"]
name = "deploys"
reason = "they may"
values = { actor = ["arn:aws:iam::*:role/deploy-*"] }
until = 2027-06-30

[accounts]
111122223333 = "prod"

[lists]
deploy_roles = ["arn:aws:iam::*:role/deploy-*"]

[group]
window = "90s"
longest = "1h"

"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with a configuration and two rules, one secret of which is there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("URL_OF_SECURITY", SECRET)
    (tmp_path / "rules").mkdir()
    rules = '[[rule]]\nname = "first"\npattern = "x"\n[[rule]]\nname = "second"\npattern = "y"\n'
    (tmp_path / "rules" / "own.toml").write_text(rules, "utf-8")
    (tmp_path / "trailbell.toml").write_text(FULL, "utf-8")
    return tmp_path


def test_what_holds(folder: Path) -> None:
    """What the file says and what it leaves to the defaults is one file, and no secret is in it."""
    ended = kit.trailbell("config", "show")
    assert (0, "") == (ended.exit, ended.err)
    assert SHOWN == ended.out.replace(f"{folder}/", "")


def test_reads_back(folder: Path) -> None:
    """What is shown is a configuration that shows the same."""
    shown = kit.trailbell("config", "show").out
    (folder / "trailbell.toml").write_text(shown, "utf-8")
    assert shown == kit.trailbell("config", "show").out


@pytest.mark.usefixtures("folder")
def test_for_scripts() -> None:
    """One JSON object holds the same, with the state of each secret and the rules that run."""
    ended = kit.trailbell("config", "show", "--json")
    whole = json.loads(ended.out)
    shown = tomllib.loads(SHOWN)
    assert "there, and not shown" == whole["destination"]["security"].pop("secret")
    assert whole["destination"]["log"].pop("secret").startswith("missing: ")
    assert ("trailbell.toml", {"own": 1}) == (whole.pop("file"), whole.pop("rules_that_run"))
    assert "2027-06-30" == whole["except"][0].pop("until")
    del shown["except"][0]["until"]
    assert shown == whole
    assert "tiger" not in ended.out


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file, the defaults are shown."""
    monkeypatch.chdir(tmp_path)
    ended = kit.trailbell("config", "show")
    assert ended.out.startswith("# no file: these are the defaults\n# rules that run: ")
    assert [DEFAULT_PACK] == tomllib.loads(ended.out)["rules"]


def test_error_in_rules(folder: Path) -> None:
    """A rule that is wrong is told, and ends with status 2."""
    (folder / "rules" / "own.toml").write_text('[[rule]]\nname = "first"\n', "utf-8")
    ended = kit.trailbell("config", "show")
    expected = 'trailbell: rules/own.toml:1: rule "first": the key "pattern" is missing\n'
    assert (2, "", expected) == (ended.exit, ended.out, ended.err)
