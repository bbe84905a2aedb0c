"""``trailbell mute``, ``unmute`` and ``mutes``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kit
from trailbell.store import Store

RULE = "trail-stopped"
MODULES = ("mute", "unmute", "mutes", "run")
DAY = 86_400


class Shelf:
    """Hold a store, rules and a clock turned by hand, and run the commands with them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.store = folder / "store.db"
        self.clock = kit.HandClock()
        (folder / "trailbell.toml").write_text(
            f'rules = ["rules.toml"]\n[accounts]\n"{kit.ACCOUNT}" = "prod"\n'
        )
        (folder / "rules.toml").write_text(kit.STOP_RULES)
        monkeypatch.chdir(folder)
        monkeypatch.setenv("LOGNAME", "alice")
        for module in MODULES:
            monkeypatch.setattr(f"trailbell.cli.{module}.SystemClock", lambda: self.clock)

    def call(self, command: str, *arguments: object) -> kit.Ended:
        """Run a command on the store."""
        return kit.trailbell(command, *arguments, "--store", self.store)

    def mute(self, *arguments: object, length: str = "2h", reason: str = "we know") -> kit.Ended:
        """Mute something."""
        return self.call("mute", *arguments, "--for", length, "--reason", reason)

    def run(self, *numbers: int, **fields: Any) -> kit.Ended:  # noqa: ANN401  any field of a record
        """Run over records with the numbers, to the terminal."""
        trail = kit.write_trail(
            self.folder / "trail.json", [kit.record(number, **fields) for number in numbers]
        )
        return self.call("run", trail, "--to", "terminal", "--report", "json")

    def listed(self) -> list[dict[str, Any]]:
        """Return what ``mutes --json`` lists."""
        content: list[dict[str, Any]] = json.loads(self.call("mutes", "--json").out)
        return content


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Give an empty shelf."""
    return Shelf(tmp_path, monkeypatch)


def test_mute_and_what_becomes_of_it(shelf: Shelf) -> None:
    """A mute keeps its matches back, and the first run after its end says so, once."""
    said = shelf.mute(RULE)
    (one,) = shelf.listed()
    expected = f"""\
muted for 2h: rule trail-stopped
rings again at 2026-03-14 14:00 UTC, or after: trailbell unmute {one["id"]}
"""
    assert kit.Ended(0, expected, "") == said
    ended = shelf.run(1, 2)
    assert {"muted": 2} == ended.report["suppressed"]
    words = " ".join(ended.err.split())
    assert (
        "suppressed 2 muted (until the mute ends; trailbell mutes shows when)"
        " 2 of trail-stopped: we know" in words
    )
    shelf.clock.time += 7_200 + 600
    over = "the mute of rule trail-stopped by alice ended 10m ago: 2 matches were muted"
    ended = shelf.run(1)
    assert 1 == ended.report["delivered"]
    assert f"trailbell: mutes: {over}\n" in ended.err
    assert f"mutes {over}" in " ".join(ended.err.split("\n", 1)[1].split())
    assert "mutes" not in shelf.run(1).err


def test_mutes_are_listed(shelf: Shelf) -> None:
    """The list shows what is muted and how much longer, and what ended in the last week."""
    shelf.mute(RULE)
    shelf.run(1, 2)
    shelf.mute("--actor", kit.ALICE, "--account", "prod", "--owner", "bob", length="1h")
    shelf.mute("trail-*", "--account", "1*", length="30m", reason="a\x1b[2J[red]\udcffdrill")
    first, second, third = shelf.listed()
    shelf.clock.time += 2_400
    shelf.call("unmute", second["id"], "--owner", "carol")
    noon, half, one, two = (f"2026-03-14 {at} UTC" for at in ("12:00", "12:30", "13:00", "14:00"))
    drill = "a [2J[red] drill"
    hers = f"actor {kit.ALICE} and account {kit.ACCOUNT}"
    expected = f"""\
{first["id"]}  rule {RULE}
        until {two}, ends in 1h 20m; 2 matches muted
        by alice since {noon}: we know
{second["id"]}  {hers}
        until {one}, lifted 0s ago by carol; 0 matches muted
        by bob since {noon}: we know
{third["id"]}  rule trail-* and account 1*
        until {half}, ended 10m ago; 0 matches muted
        by alice since {noon}: {drill}
"""
    shown = shelf.call("mutes")
    assert expected == shown.out
    assert "\x1b" not in shown.out
    states = [(one["state"], one["matches"], one["lifted_by"]) for one in shelf.listed()]
    assert [("holds", 2, ""), ("lifted", 0, "carol"), ("ended", 0, "")] == states
    shelf.clock.time += 7 * DAY
    assert ["ended"] == [one["state"] for one in shelf.listed()]
    shelf.clock.time += DAY
    assert kit.Ended(0, "nothing is muted\n", "") == shelf.call("mutes")


def test_json_has_all_of_a_mute(shelf: Shelf) -> None:
    """Scripts get every field, with times in seconds since the epoch."""
    shelf.mute(RULE, "--account", "prod")
    (one,) = shelf.listed()
    expected = {
        "rule": RULE,
        "actor": "",
        "account": kit.ACCOUNT,
        "owner": "alice",
        "reason": "we know",
        "since": kit.NOON,
        "until": kit.NOON + 7_200,
        "id": one["id"],
        "lifted": None,
        "lifted_by": "",
        "matches": 0,
        "state": "holds",
    }
    assert expected == one


def test_the_same_again_takes_its_place(shelf: Shelf) -> None:
    """To mute what is muted already changes its end, its owner and its reason, and says so."""
    shelf.mute(RULE)
    said = shelf.mute(RULE, "--owner", "bob", length="1d", reason="still")
    (one,) = shelf.listed()
    assert ("bob", "still", kit.NOON, kit.NOON + DAY) == tuple(
        one[name] for name in ("owner", "reason", "since", "until")
    )
    assert said.out.startswith(
        "takes the place of the mute by alice until 2026-03-14 14:00 UTC\nmuted for 1d: "
    )


def test_a_session_is_muted_alone(shelf: Shelf) -> None:
    """A session that was pasted from an alert is muted alone, and how to mute its role is said."""
    role = f"arn:aws:sts::{kit.ACCOUNT}:assumed-role/deploy/"
    said = shelf.mute("--actor", f"{role}run-7").out
    assert f"this is one session; all of the role: --actor '{role}*'\n" in said
    identity = {"type": "AssumedRole", "arn": f"{role}run-7"}
    assert {"muted": 1} == shelf.run(1, userIdentity=identity).report["suppressed"]
    other = {"type": "AssumedRole", "arn": f"{role}run-8"}
    assert 1 == shelf.run(2, userIdentity=other).report["delivered"]
    assert "session" not in shelf.mute("--actor", f"{role}*").out
    assert {"muted": 1} == shelf.run(3, userIdentity=other).report["suppressed"]


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ([RULE], ["trail-*", "actor"]),
        (["trail-*"], [RULE, RULE, "actor"]),
        (["--actor", kit.ALICE], [RULE, "trail-*"]),
        ([RULE, "--actor", kit.ALICE], [RULE, "trail-*", "actor"]),
        (["--account", kit.ACCOUNT], [RULE, RULE, "actor"]),
    ],
    ids=str,
)
def test_unmute_by_name(shelf: Shelf, named: list[str], left: list[str]) -> None:
    """Every mute that has the names is lifted, and it is said what each kept back."""
    shelf.mute(RULE)
    shelf.mute(RULE, "--actor", kit.ALICE)
    shelf.mute("trail-*", "--account", kit.ACCOUNT)
    shelf.mute("--actor", kit.ALICE)
    before = len(shelf.listed())
    ended = shelf.call("unmute", *named)
    holding = [one for one in shelf.listed() if one["state"] == "holds"]
    assert sorted(left) == sorted(one["rule"] or "actor" for one in holding)
    assert before - len(left) == ended.out.count(" by alice ended now: 0 matches were muted\n")


def test_unmute_says_what_was_muted(shelf: Shelf) -> None:
    """To lift a mute tells at once how much it kept back; no run tells it again."""
    shelf.mute(RULE)
    shelf.run(1, 2)
    expected = "the mute of rule trail-stopped by alice ended now: 2 matches were muted\n"
    assert kit.Ended(0, expected, "") == shelf.call("unmute", RULE)
    shelf.clock.time += 60
    ended = shelf.run(1, 2)
    assert 2 == ended.report["delivered"]
    assert "mutes" not in ended.err


def test_rule_of_a_pack_that_does_not_run(shelf: Shelf) -> None:
    """A mute of a rule that ships and is not configured is made, and said to do nothing yet."""
    ended = shelf.mute("root-usage")
    expected = (
        'trailbell: "root-usage" is of a pack that the configuration does not run;'
        " trailbell rules list shows which\n"
    )
    assert (0, expected) == (ended.exit, ended.err)


def test_rules_are_known_from_everywhere(shelf: Shelf) -> None:
    """A rule may be configured, shipped, of --rules, seen by a run, or the one for wrong rules."""
    other = shelf.folder / "other.toml"
    other.write_text(kit.STOP_RULES.replace(RULE, "of-another-file"))
    for known in (RULE, "root-usage", "invalid-rule", "*", "trail-st*"):
        assert 0 == shelf.mute(known).exit
    assert 2 == shelf.mute("of-another-file").exit
    assert 0 == shelf.mute("of-another-file", "--rules", other).exit
    kit.trailbell(
        "run", "-", "--rules", other, "--to", "terminal", "--store", shelf.store,
        stdin=json.dumps(kit.record()).encode(),
    )  # fmt: skip
    for one in shelf.listed():
        shelf.call("unmute", one["id"])
    shelf.call("run", kit.write_trail(shelf.folder / "t.json", [kit.record()]), "--rules", other)
    assert 0 == shelf.mute("of-another-*").exit


def test_a_wrong_rule_file_does_not_keep_the_others_loud(shelf: Shelf) -> None:
    """While a rule file is wrong, its other rules can be muted, and the wrong one too."""
    wrong = "[[rule]]\nname = 'wrong'\npattern = '{ $.a = }'\n"
    (shelf.folder / "rules.toml").write_text(kit.STOP_RULES + wrong)
    assert [0, 0] == [shelf.mute(name).exit for name in (RULE, "wrong")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to mute: name a rule, --actor or --account"),
        (["trail-stoped"], 'no rule is called "trail-stoped"; did you mean "trail-stopped"'),
        (["nothing-like-it-*"], 'no rule is called "nothing-like-it-*"; see: trailbell rules list'),
        (["--account", "prud"], 'found "prud"; did you mean "prod"?'),
        (["--account", "1234"], 'found "1234"; names come from [accounts] of trailbell.toml'),
        (
            ["--actor", " "],
            '--actor: expected up to 2,048 characters that can be printed, found ""',
        ),
        (["--actor", "x\x1b[2J"], 'found "x [2J"; "*" stands for any other'),
        (["--actor", "x\udcff"], 'found "x"; "*" stands for any other'),
        (["--actor", "x" * 3_000], "--actor: expected up to 2,048 characters"),
        ([RULE, "--reason", " "], "Invalid value for '--reason': expected a few words"),
        ([RULE, "--reason", "x" * 501], "expected at most 500 characters, found 501"),
        ([RULE, "--owner", " "], "Invalid value for '--owner': expected a few words"),
        ([RULE, "--for", "31d"], "a mute lasts at most 30d"),
        ([RULE, "--for", "31d"], "disabled in trailbell.toml"),
        ([RULE, "--for", "0s"], 'expected a time to come, found "0s"'),
        ([RULE, "--for", "soon"], 'expected a duration such as "90s"'),
        ([RULE, "--rules", "no.toml"], "no such pack or file"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_error_mute(shelf: Shelf, arguments: list[str], said: str) -> None:
    """What cannot be muted is refused with 2 and what to do, and nothing is kept."""
    given = [*arguments]
    for option, value in (("--for", "2h"), ("--reason", "we know")):
        given += [] if option in given else [option, value]
    ended = shelf.call("mute", *given)
    assert (2, "") == (ended.exit, ended.out)
    assert said in " ".join(ended.err.split())
    assert not shelf.store.exists()


@pytest.mark.parametrize("missing", ["--for", "--reason"])
def test_error_mute_without(shelf: Shelf, missing: str) -> None:
    """A mute without an end or a reason is refused."""
    given = {"--for": "2h", "--reason": "we know"}
    del given[missing]
    ended = shelf.call("mute", RULE, *(part for pair in given.items() for part in pair))
    assert 2 == ended.exit
    assert f"Missing option '{missing}'" in ended.err


def test_error_unmute(shelf: Shelf) -> None:
    """What is not muted cannot be lifted; what is muted is said."""
    expected = 'trailbell: "x" is not muted; nothing is\n'
    assert kit.Ended(2, "", expected) == shelf.call("unmute", "x")
    assert not shelf.store.exists()
    for number in range(1, 8):
        shelf.mute("--account", f"{number}" * 12)
    ended = shelf.call("unmute", "x", "--actor", "y\x1b[2J")
    assert 2 == ended.exit
    assert ended.err.startswith('trailbell: "x and y [2J" is not muted; what is: ')
    assert ended.err.endswith("; and 2 more: trailbell mutes\n")
    ended = shelf.call("unmute")
    assert "nothing to unmute: name an id, a rule, --actor or --account" in ended.err


def test_error_nobody_is_logged_in(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody has a name the owner has to be said."""

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nobody)
    ended = shelf.mute(RULE)
    assert 2 == ended.exit
    assert "nobody is logged in by name; say who you are: --owner" in ended.err
    assert 0 == shelf.mute(RULE, "--owner", "bob").exit


def test_error_another_run_holds_the_store(shelf: Shelf) -> None:
    """A store that a run holds is waited for; after that it is said who has it."""
    with Store(shelf.store, shelf.clock):
        for command in ("mute", "unmute"):
            more = ["--for", "1h", "--reason", "x"] if command == "mute" else []
            ended = shelf.call(command, RULE, *more, "--wait", "0")
            assert (2, "") == (ended.exit, ended.out)
            assert "another run holds this store; wait for it to end (a longer --wait" in ended.err
        assert 0 == shelf.call("mutes").exit


def test_mutes_of_no_store(shelf: Shelf) -> None:
    """Where there is no store nothing is muted, and none is made."""
    assert kit.Ended(0, "nothing is muted\n", "") == shelf.call("mutes")
    assert not shelf.store.exists()
