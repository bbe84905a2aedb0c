"""Whole messages, compared with what was recorded: see ``cases/README.md``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from fake_slack_limits import over_budget, problems
from render_kit import alert_of_case, shown
from trailbell.render.slack import SlackMessages
from trailbell.render.terminal import TerminalMessages

CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/alert.json"))
RECORDING = bool(os.environ.get("TRAILBELL_RECORD"))


@pytest.fixture(params=CASES, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """Give the folder of each case."""
    path: Path = request.param
    return path


def described(folder: Path) -> dict[str, Any]:
    """Read the description of a case."""
    case: dict[str, Any] = json.loads((folder / "alert.json").read_text(encoding="utf-8"))
    return case


def expected(file: Path, actual: str) -> str:
    """Return what was recorded; when recording, record first."""
    if RECORDING:
        file.write_text(actual, encoding="utf-8")
    return file.read_text(encoding="utf-8")


def test_slack_message_is_the_recorded_one(folder: Path) -> None:
    """Slack gets the message of the case, in blocks and as text, and accepts both."""
    case = described(folder)
    render, alert = SlackMessages(case.get("accounts", {})), alert_of_case(case)
    message, plain = render(alert), render.plain(alert)
    text = json.dumps({"message": message, "plain": plain}, indent=1, ensure_ascii=False) + "\n"
    assert expected(folder / "slack.json", text) == text
    for payload in (message, plain):
        assert [] == problems(payload, {"wiki.example.com"})
        assert [] == over_budget(payload)


def test_terminal_shows_the_recorded_text(folder: Path) -> None:
    """A terminal of 100 columns shows the text of the case."""
    case = described(folder)
    render = TerminalMessages(case.get("accounts", {}))
    text = shown(render(alert_of_case(case)))
    assert expected(folder / "terminal.txt", text) == text


def test_every_case_is_recorded(folder: Path) -> None:
    """A case has its description and both outputs, and nothing else."""
    names = sorted(path.name for path in folder.iterdir())
    assert ["alert.json", "slack.json", "terminal.txt"] == names
