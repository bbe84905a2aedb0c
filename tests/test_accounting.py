"""Identity, counts and exit status, example by example, through the real command line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

import kit
from fake_slack import FakeSlack, assert_no_secret

TABLE = tomllib.loads(Path(__file__).with_name("accounting.toml").read_text("utf-8"))
CALLS = ("ListUsers", "ListRoles", "GetUser", "GetRole", "ListKeys", "GetPolicy")
COUNTS = ("matched", "carried", "delivered", "suppressed", "owed", "alerts")

STOPPED = "{ $.eventName = StopLogging }"
FROM_OFFICE = '{ ($.eventName = StopLogging) && ($.sourceIPAddress = "198.51.100.23") }'
DENIED = "{ $.errorCode = AccessDenied }"
OFFICE = """[[rule.except]]
name = "office"
reason = "it is ours"
values = { source_ip = ["198.51.100.*"] }
"""
INVENTORY = """[[rule.except]]
name = "inventory"
reason = "it lists users"
pattern = '{ $.eventName = ListUsers }'
"""
# Name, pattern, threshold, and what else stands in the file.
RULES: dict[str, list[tuple[str, ...]]] = {
    "one": [("trail-stopped", STOPPED, "")],
    "two": [("trail-stopped", STOPPED, ""), ("from-office", FROM_OFFICE, "")],
    "other": [("nothing-ever", "{ $.eventName = Nothing }", "")],
    "other threshold": [
        ("trail-stopped", STOPPED, ""),
        ("many-stops", STOPPED, '{ count = 5, within = "5m" }'),
    ],
    "threshold": [("denied", DENIED, '{ count = 5, within = "5m" }')],
    "lower threshold": [("denied", DENIED, '{ count = 3, within = "5m" }')],
    "longer threshold": [("denied", DENIED, '{ count = 5, within = "1d" }')],
    "no threshold": [("denied", DENIED, "")],
    "exception": [("trail-stopped", STOPPED, "", OFFICE)],
    "expired exception": [("trail-stopped", STOPPED, "", OFFICE + "until = 2024-12-31\n")],
    "two with an exception": [
        ("trail-stopped", STOPPED, "", OFFICE),
        ("from-office", FROM_OFFICE, ""),
    ],
    "threshold with an exception": [
        ("denied", DENIED, '{ count = 5, within = "5m" }', INVENTORY),
    ],
    "one and a wrong one": [("trail-stopped", STOPPED, ""), ("wrong", "{ $.eventName = }", "")],
}


def inputs() -> dict[str, list[dict[str, Any]]]:
    """Make the records that the examples name, some minutes ago."""
    start = kit.recent()
    three = [
        kit.record(number, at=start + 10 * number, **more)
        for number, more in ((1, {}), (2, {"sourceIPAddress": "198.51.100.23"}), (3, {}))
    ]
    denied = [
        kit.record(10 + number, at=start + number, errorCode="AccessDenied", eventName=name)
        for number, name in enumerate(CALLS)
    ]
    old = [kit.record(30 + number, at=start - 3 * 365 * 86_400 + number) for number in range(3)]
    return {
        "nothing": denied[:0],
        "three": three,
        "three and one again": [*three, three[1]],
        "four denied": denied[:4],
        "four denied and one again": [*denied[:4], denied[0]],
        "five denied": denied[:5],
        "a fifth denied": [denied[4]],
        "a sixth denied": [denied[5]],
        "one denied later": [kit.record(20, at=start + 301, errorCode="AccessDenied")],
        "three years old": old,
        "three years old and one again": [*old, old[0]],
    }


class Room:
    """Hold the files of an example, and run the command among them."""

    def __init__(self, folder: Path, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.store = folder / "state" / "store.db"
        self._slack = slack
        self._monkeypatch = monkeypatch
        self._inputs = inputs()

    def run(self, step: dict[str, Any]) -> kit.Ended:
        """Run one step of an example."""
        if "mute" in step:
            more = ["--for", "2h", "--reason", "we know", "--rules", self._write_rules("two")]
            return kit.trailbell("mute", *step["mute"], *more, "--store", self.store)
        if "unmute" in step:
            return kit.trailbell("unmute", *step["unmute"], "--store", self.store)
        trail = kit.write_trail(self.folder / "trail.json", self._inputs[step["input"]])
        rules = self._write_rules(step.get("rules", "one"))
        url = self._slack.url
        with kit.closed_port() as port:
            if step.get("slack") == "away":
                url = f"http://127.0.0.1:{port}/services/T000/B000/secret"
            self._monkeypatch.setenv("SLACK_WEBHOOK_URL", url)
            return kit.trailbell(
                "run", trail, "--rules", rules, "--to", step.get("to", "slack"), "--wait", 0,
                "--store", self.store, "--allow-host", "127.0.0.1", "--report", "json",
                *step.get("options", []),
            )  # fmt: skip

    def contents(self) -> bytes | None:
        """Return the bytes of the store's file, None where there is none."""
        return self.store.read_bytes() if self.store.exists() else None

    def _write_rules(self, name: str) -> Path:
        path = self.folder / "rules.toml"
        path.write_text(
            "".join(
                f"[[rule]]\nname = \"{rule}\"\npattern = '{pattern}'\n"
                + (f"threshold = {threshold}\n" if threshold else "")
                + "".join(more)
                for rule, pattern, threshold, *more in RULES[name]
            )
        )
        return path


def expected_counts(example: dict[str, Any]) -> dict[str, Any]:
    """Fill in what a row of the table leaves out."""
    nothing: dict[str, Any] = {name: {} if name == "suppressed" else 0 for name in COUNTS}
    return {**nothing, **example["report"]}


@pytest.mark.parametrize("example", TABLE["example"], ids=lambda example: example["what"])
def test_counts_and_exit_status(
    example: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every example counts what its row says, ends with its status, and the counts add up."""
    with FakeSlack() as slack:
        room = Room(tmp_path, slack, monkeypatch)
        for step in example.get("before", []):
            room.run(step)
        posted, contents = len(slack.posts), room.contents()
        ended = room.run(example["run"])
        posts = slack.posts[posted:]
    report = ended.report
    assert expected_counts(example) == {name: report[name] for name in COUNTS}, ended.err
    found = [list(one.values()) for one in report["suppressions"]]
    too_few = [one for one in found if one[0] == "below threshold"]
    assert example.get("suppressions", too_few) == found
    assert example.get("exit", 0) == ended.exit
    assert kit.adds_up(report)
    if example["run"].get("to", "slack") == "slack":
        assert report["alerts"] == len(posts)
    said = json.dumps(posts, ensure_ascii=False)
    assert [] == [words for words in example.get("says", []) if words not in said], said
    if example.get("store") == "untouched":
        assert contents == room.contents()
    assert_no_secret(slack.url, ended.out, ended.err, room.contents())


def test_names_are_unique() -> None:
    """No two examples share a name."""
    names = [example["what"] for example in TABLE["example"]]
    assert sorted(set(names)) == sorted(names)


def test_dry_run_makes_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither --dry-run nor --to none makes a file, or a folder for it."""
    with FakeSlack() as slack:
        room = Room(tmp_path, slack, monkeypatch)
        room.run({"input": "three", "options": ["--dry-run"]})
        room.run({"input": "three", "to": "none"})
        assert [] == slack.requests
    assert {"rules.toml", "trail.json"} == {path.name for path in tmp_path.iterdir()}


def test_alert_of_five_lists_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alert that a fifth call completes says five, and shows first and last of all five."""
    with FakeSlack() as slack:
        room = Room(tmp_path, slack, monkeypatch)
        room.run({"input": "four denied", "rules": "threshold"})
        room.run({"input": "a fifth denied", "rules": "threshold"})
        (post,) = slack.posts
    first = int(kit.recent())
    said = json.dumps(post, ensure_ascii=False)
    assert f"<!date^{first}^" in said
    assert f"<!date^{first + 4}^" in said


def test_every_alert_has_an_id_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts of different matches have different ids, and each stands in its message."""
    with FakeSlack() as slack:
        room = Room(tmp_path, slack, monkeypatch)
        room.run({"input": "three", "rules": "two"})
        room.run({"input": "five denied", "rules": "threshold"})
        ids = kit.alert_ids(slack.posts)
    assert 3 == len(set(ids)) == len(ids)
