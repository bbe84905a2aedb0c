"""``trailbell demo``."""

from __future__ import annotations

import json
import re
import tempfile
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from fake_slack_limits import over_budget, problems
from trailbell.cli import cli, invoke
from trailbell.cli.demo import Stage, tell_story


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Give a command line whose temporary files are of this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    return CliRunner()


def told(run: CliRunner, *options: str) -> Result:
    """Run the demo."""
    result = run.invoke(cli, ["demo", *options])
    assert result.exception is None, result.output
    return result


def test_story_is_told_and_its_page_named(run: CliRunner, tmp_path: Path) -> None:
    """Without a terminal the demo shows every alert, no colours, and where the page is."""
    output = told(run).output
    (written,) = tmp_path.glob("trailbell-*/demo.html")
    assert f"\nAs Slack would show them: {written}\n" in output
    assert (
        "\n124 records gave 55 matches: 48 in 17 alerts, 1 exception, 6 below threshold.\n"
        in output
    )
    assert 17 == len(re.findall(r"^ (?:LOW|MEDIUM|HIGH|CRITICAL)  ", output, re.MULTILINE))
    assert "\x1b" not in output
    assert "prod  111122223333" in output
    assert 17 == written.read_text(encoding="utf-8").count("<article>")


def test_story_has_no_path_of_this_machine(run: CliRunner, tmp_path: Path) -> None:
    """Events are found in the story by its name; only the page has a path."""
    output = told(run, "--preview", str(tmp_path / "p.html")).output
    assert 17 == len(re.findall(r" takeover\.json:\d+", output.replace("\n", " ")))
    assert str(files("trailbell")) not in output
    assert str(files("trailbell")) not in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_one_record_is_shown_whole_or_all(run: CliRunner) -> None:
    """The first critical alert shows its record; --records shows that of every alert."""
    few, every = told(run).output, told(run, "--records").output
    assert 1 == few.count('"eventVersion"')
    head = few[: few.index('"eventVersion"')]
    assert " CRITICAL  StopLogging by svc-backup\n" in head
    assert 1 == head.count(" CRITICAL ")
    assert 17 == every.count('"eventVersion"')


def test_page_is_written_where_it_is_asked_for(run: CliRunner, tmp_path: Path) -> None:
    """--preview names the file."""
    told(run, "--preview", str(tmp_path / "p.html"))
    assert (tmp_path / "p.html").stat().st_size > 10_000


def test_error_page_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be written is wrong usage, and is named."""
    monkeypatch.chdir(tmp_path)
    assert 2 == invoke(["demo", "--preview", "missing/p.html"])
    expected = (
        "trailbell: missing/p.html: cannot be written: no such file or directory;"
        " name another with --preview\n"
    )
    assert expected == capsys.readouterr().err


def test_end_says_what_to_do_next(run: CliRunner) -> None:
    """The last lines are commands to go on with."""
    _, next_, commands = told(run).output.partition("\nNext:\n")
    assert next_
    assert (
        "  your own trail   trailbell run --to terminal FOLDER\n"
        "  in Slack         trailbell manifest --format url  # a link that creates the app\n"
        "                   SLACK_WEBHOOK_URL=URL trailbell run --to slack --since 24h FOLDER\n"
        "  rules of yours   trailbell init  # a configuration, and a rule with its tests\n"
        "  the rules used   trailbell rules list\n"
    ) == commands


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_of_an_alert_is_wider_than_the_terminal(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Alerts fit the terminal, whatever its width."""
    monkeypatch.setenv("COLUMNS", str(width))
    alerts = told(run).output.partition("124 records")[0]
    assert [] == [line for line in alerts.splitlines() if len(line) > width]


def test_slack_would_take_every_message() -> None:
    """The messages of the story are within Slack's limits and ours, and hold no credential."""
    stage = Stage(Console(quiet=True))
    counts = tell_story(stage, records=True).counts
    assert counts.add_up
    assert 17 == len(stage.slack_messages)
    for payload in stage.slack_messages:
        assert [] == problems(payload)
        assert [] == over_budget(payload)
    (with_token,) = [
        payload for payload in stage.slack_messages if "sessionToken" in json.dumps(payload)
    ]
    assert '"sessionToken\\": \\"*** masked ***' in json.dumps(with_token)
