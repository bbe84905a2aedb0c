"""Alerts of rules that do not run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fake_slack_limits import problems
from render_kit import shown
from trailbell.errors import ConfigurationError
from trailbell.model import Alert, LogEvent, Origin, Severity
from trailbell.notices import INVALID_RULE, notice_of
from trailbell.record import event_key
from trailbell.render.slack import SlackMessages
from trailbell.render.terminal import TerminalMessages
from trailbell.rules import Invalid

FILE = Path("rules/own.toml")
SAID = 'rules/own.toml:7: rule "own": key "pattern": expected a condition, found "}"\n    { }'
NOON = 1_773_489_600_000


def invalid(rule: str = "own", said: str = SAID, path: Path = FILE) -> Invalid:
    """Name a rule that is wrong."""
    return Invalid(path, rule, ConfigurationError(said))


def test_notice_says_what_is_wrong() -> None:
    """The event is the error, of the file and of now; the rule is loud and named for routes."""
    match = notice_of(invalid(), NOON)
    expected = LogEvent(SAID, match.event.id, NOON, Origin(path="rules/own.toml"))
    assert expected == match.event
    assert ("invalid-rule", 'Rule "own" does not run', Severity.HIGH) == (
        match.rule.name,
        match.rule.title,
        match.rule.severity,
    )
    assert "Rules of own.toml do not run" == notice_of(invalid(""), NOON).rule.title


def test_the_same_mistake_is_the_same_event() -> None:
    """File, rule and error make the event; when it is met does not."""
    keys = [
        event_key(notice_of(one, time).event)
        for one in (invalid(), invalid("x"), invalid(said="y"), invalid(path=Path("z.toml")))
        for time in (NOON, NOON + 1)
    ]
    assert 4 == len(set(keys))
    assert keys[0::2] == keys[1::2]


def test_the_folder_of_a_run_makes_no_other_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file is the same, whether it is called by a relative path or a whole one."""
    monkeypatch.chdir("/")
    keys = [
        event_key(notice_of(invalid(said=f"{path}:3: x", path=Path(path)), NOON).event)
        for path in ("rules/own.toml", "/rules/own.toml", "/other/rules/own.toml")
    ]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("name", ["x\x1b[2J" * 1_000, "<!channel> *b* \u202e", '"', "a\nb"])
def test_hostile_names(name: str) -> None:
    """A rule may be called anything: the title is short and harmless."""
    title = notice_of(invalid(name), NOON).rule.title
    assert len(title) <= 150
    assert title.isprintable()


def test_secrets_of_a_rule_file_are_masked() -> None:
    """What an error quotes of a file holds no credential."""
    event = notice_of(invalid(said="found --password=hunter2hunter2"), NOON).event
    assert "hunter2" not in event.message


IN_TERMINAL = """\
 HIGH  Rule "own" does not run
  What it looks for goes unnoticed until its file is mended; the other rules run. trailbell rules
  validate shows what is wrong.
  file  rules/own.toml
  rules/own.toml:7: rule "own": key "pattern": expected a condition, found "}"
      { }
  rule invalid-rule · alert 0123456789
"""


def test_alert_is_told_as_one_about_a_rule() -> None:
    """Terminal and Slack show the error, and do not call it an event of a log."""
    alert = Alert("0123456789", "here", (notice_of(invalid(), NOON),))
    assert alert.rule.name == INVALID_RULE
    assert IN_TERMINAL == shown(TerminalMessages({})(alert)).rstrip("\n") + "\n"
    message = SlackMessages({})(alert)
    assert [] == problems(message, set())
    said = json.dumps(message, ensure_ascii=False)
    assert '[high] Rule "own" does not run – rules/own.toml' == message["text"]
    assert ":rotating_light: A rule does not run" in said
    assert "*What is wrong*" in said
    assert json.dumps(SAID, ensure_ascii=False) in said
    assert "rules/own.toml" in SlackMessages({}).plain(alert)["text"]
