"""``trailbell run``: what it reads, what it says, and how it ends."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import re
from pathlib import Path

import pytest

import kit
from fake_slack import FakeSlack
from fake_slack_limits import over_budget
from trailbell.store import Store

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
GOOD = json.dumps(kit.record(1))
DEEP = "[" * 100_000 + "]" * 100_000


def packed(content: bytes) -> str:
    """Return a subscription event around bytes."""
    data = base64.b64encode(content).decode()
    return json.dumps({"awslogs": {"data": data}})


def payload(**fields: object) -> bytes:
    """Return a compressed payload with one good event."""
    whole = {
        "messageType": "DATA_MESSAGE",
        "owner": kit.ACCOUNT,
        "logGroup": "trail",
        "logStream": "stream",
        "subscriptionFilters": ["all"],
        "logEvents": [{"id": "1", "timestamp": 1_773_489_600_000, "message": GOOD}],
        **fields,
    }
    return gzip.compress(json.dumps(whole).encode())


def with_wrong_sum(content: bytes) -> bytes:
    """Compress bytes, and lie about them."""
    made = bytearray(gzip.compress(content))
    made[-8] ^= 0xFF
    return bytes(made)


TRAIL = json.dumps({"Records": [json.loads(GOOD)] * 3}).encode()
BAD: dict[str, tuple[bytes, int, int]] = {
    # name: content, unreadable pieces, events that stand whole before or after them
    "truncated gzip": (gzip.compress(TRAIL)[:-20], 1, 1),
    "lying gzip": (with_wrong_sum(TRAIL), 1, 3),
    "no gzip after its mark": (b"\x1f\x8b" + b"nothing of the kind" * 9, 1, 0),
    "base64 that is not": (b'{"awslogs":{"data":"****"}}\n' + GOOD.encode(), 1, 1),
    "no gzip in base64": (packed(b"plain").encode() + b"\n" + GOOD.encode(), 1, 1),
    "cut gzip in base64": (packed(payload()[:-30]).encode() + b"\n" + GOOD.encode(), 1, 1),
    "opens as JSON and is none": (b'{"eventName": "StopLogging",\n', 1, 0),
    "a broken line among good ones": (f'{GOOD}\n{{"eventName": \n{GOOD}\n'.encode(), 1, 2),
    "a payload without events": (packed(payload(logEvents=None)).encode() + b"\n", 1, 0),
    "a payload of another type": (packed(payload(messageType=7)).encode() + b"\n", 1, 0),
    "a value for a record": (f'{{"Records": [{GOOD}, 7, null, {GOOD}]}}'.encode(), 2, 2),
    "JSON too deep": (f'{{"Records": {DEEP}}}'.encode(), 1, 0),
    "a line too deep": (f'{{"eventName": {DEEP}}}\n{GOOD}\n'.encode(), 1, 1),
}


def run(*arguments: object, stdin: bytes = b"", folder: Path) -> kit.Ended:
    """Run over sources to the terminal, with one rule and a store in the folder."""
    (folder / "rules.toml").write_text(kit.STOP_RULES)
    return kit.trailbell(
        "run", *arguments, "--rules", folder / "rules.toml", "--to", "terminal",
        "--store", folder / "store.db", "--report", "json", stdin=stdin,
    )  # fmt: skip


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Give a folder for input, that holds nothing else."""
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name: str, tmp_path: Path, logs: Path) -> None:
    """What cannot be read is counted and named with its place; the rest goes on; status 3."""
    content, unreadable, events = BAD[name]
    (logs / "bad").write_bytes(content)
    kit.write_trail(logs / "good.json", [kit.record(99)])
    ended = run(logs, folder=tmp_path)
    assert (3, unreadable, events + 1) == (
        ended.exit,
        ended.report["unreadable"],
        ended.report["events"],
    ), ended.err
    pattern = r"(?m)^trailbell: unreadable: (.*?logs/bad)(?::[^:]+)?: (.+)$"
    named = re.findall(pattern, ended.err)
    assert unreadable == len(named)
    assert {str(logs / "bad")} == {place for place, _ in named}
    assert ended.report["delivered"] >= 1
    assert kit.adds_up(ended.report)
    assert "Traceback" not in ended.err


def test_bad_input_all_at_once(tmp_path: Path, logs: Path) -> None:
    """A folder full of bad input gives what each piece gives."""
    for number, (content, _, _) in enumerate(BAD.values()):
        (logs / f"{number}.bad").write_bytes(content)
    report = run(logs, folder=tmp_path).report
    assert sum(pieces for _, pieces, _ in BAD.values()) == report["unreadable"]
    assert sum(events for _, _, events in BAD.values()) == report["events"]


def test_a_bomb(tmp_path: Path, logs: Path) -> None:
    """Gzip that inflates past the cap is unreadable, and the rest goes on."""
    (logs / "bomb.gz").write_bytes(gzip.compress(b"\0" * 10_000_000) * 60)
    (logs / "good.json").write_bytes(TRAIL)
    ended = run(logs, folder=tmp_path)
    assert (3, 1, 3) == (ended.exit, ended.report["unreadable"], ended.report["events"])
    assert "bomb.gz" in ended.err


def test_missing_file(tmp_path: Path, logs: Path) -> None:
    """A file that is not there is unreadable, and named; the others are read."""
    good = kit.write_trail(logs / "good.json", [kit.record()])
    ended = run(logs / "missing.json", good, folder=tmp_path)
    assert (3, 1, 1) == (ended.exit, ended.report["unreadable"], ended.report["delivered"])
    expected = f"trailbell: unreadable: {logs}/missing.json: cannot be opened: no such file or"
    assert expected in ended.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden_file(tmp_path: Path, logs: Path) -> None:
    """A file that may not be read is unreadable."""
    kit.write_trail(logs / "trail.json", [kit.record()]).chmod(0)
    assert 3 == run(logs, folder=tmp_path).exit


def test_hostile_file_name(tmp_path: Path, logs: Path) -> None:
    """A file's name cannot move the cursor, begin a line or colour anything."""
    (logs / "a\x1b[2J\nb[red]c.json").write_text("{")
    ended = run(logs, folder=tmp_path)
    assert "\x1b" not in ended.err
    assert 1 == ended.err.count("trailbell: unreadable: ")
    assert "b[red]c.json" in ended.err.splitlines()[0]


def test_odd_records_are_no_errors(tmp_path: Path) -> None:
    """A record with missing or odd fields is matched like any other."""
    odd = [
        {"eventName": "StopLogging", "eventVersion": 7},
        {"eventName": "StopLogging", "userIdentity": "nobody", "eventTime": "yesterday"},
        {"eventName": "StopLogging", "eventID": [], "recipientAccountId": {}, "awsRegion": None},
    ]
    lines = "".join(json.dumps(record) + "\n" for record in odd)
    ended = run("-", stdin=lines.encode(), folder=tmp_path)
    assert (0, 3, 0) == (ended.exit, ended.report["delivered"], ended.report["unreadable"])


def test_bytes_that_are_not_utf_8(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are replaced, matched and counted."""
    line = GOOD.replace("alice", "al\xffce").encode("latin-1")
    ended = run("-", stdin=line + b"\n", folder=tmp_path)
    assert (0, 1, 1) == (ended.exit, ended.report["mended"], ended.report["delivered"])
    assert "\ufffd" in ended.out
    assert "1 with bytes that are not UTF-8" in " ".join(ended.err.split())


def test_every_form_of_input(tmp_path: Path, logs: Path) -> None:
    """Forms are told apart by their content: names mean nothing, gzip and members neither."""
    member = gzip.compress(GOOD.encode() + b"\n")
    second = gzip.compress(json.dumps(kit.record(2)).encode() + b"\n")
    (logs / "a.txt").write_bytes(member + second)
    (logs / "b.log").write_bytes(packed(payload()).encode())
    (logs / "c").write_bytes(payload(messageType="CONTROL_MESSAGE"))
    (logs / "d.gz").write_text("StopLogging in a line of text\n")
    times = {"digestStartTime": "2026-03-14T11:00:00Z", "digestEndTime": "2026-03-14T12:00:00Z"}
    digest = {"awsAccountId": kit.ACCOUNT, **times, "logFiles": []}
    (logs / "e.json").write_text(json.dumps(digest))
    report = run(logs, folder=tmp_path).report
    expected = {
        "events": 4, "records": 3, "control": 1, "digests": 1, "unreadable": 0,
        "matched": 3, "delivered": 2, "suppressed": {"duplicate": 1},
    }  # fmt: skip
    assert expected == {name: report[name] for name in expected}


def test_summary_as_a_person_reads_it(tmp_path: Path) -> None:
    """A run ends with a few plain lines on standard error."""
    lines = f"{GOOD}\n{GOOD}\n{{\n".encode()
    ended = run("-", stdin=lines, folder=tmp_path)
    *_, read, unreadable, matched, delivered, suppressed = ended.err.splitlines()
    assert "read        2 events" == read
    assert "unreadable  1 piece of input, named above" == unreadable
    assert "matched     2" == matched
    assert "delivered   1 in 1 alert" == delivered
    assert "suppressed  1 duplicate (delivered or owed before, or twice in the input)" == suppressed


def test_report_is_one_line_with_all_counts(tmp_path: Path) -> None:
    """The last line of standard output is one compact JSON object with every count."""
    ended = run("-", stdin=GOOD.encode(), folder=tmp_path)
    line = ended.out.splitlines()[-1]
    names = (
        "events records control digests mended unreadable out_of_range matched unrouted"
        " carried delivered suppressed suppressions owed alerts messages"
    )
    assert names.split() == list(ended.report)
    assert json.dumps(ended.report, separators=(",", ":")) == line


def test_dry_run_shows_and_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dry run needs no webhook, and shows where each alert would go, or why it would not."""
    monkeypatch.delenv("SLACK_WEBHOOK_URL", raising=False)
    old, new = kit.record(1), kit.record(2, at=kit.recent())
    trail = kit.write_trail(tmp_path / "trail.json", [old, new])
    (tmp_path / "rules.toml").write_text(kit.STOP_RULES)
    ended = kit.trailbell(
        "run", trail, "--to", "slack", "--dry-run", "--rules", tmp_path / "rules.toml",
        "--store", tmp_path / "store.db",
    )  # fmt: skip
    assert 0 == ended.exit
    first, second = (line for line in ended.out.splitlines() if line.endswith(":"))
    assert "too old for slack (older than 24 hours; --since sends it):" == first
    assert "would go to slack:" == second
    assert not (tmp_path / "store.db").exists()


def test_time_range(tmp_path: Path, logs: Path) -> None:
    """--since and --until leave events out, and the summary says how many."""
    kit.write_trail(logs / "trail.json", [kit.record(n, at=kit.NOON + n) for n in range(4)])
    ended = run(
        logs, "--since", "2026-03-14T12:00:01Z", "--until", "2026-03-14T13:00:03+01:00",
        folder=tmp_path,
    )  # fmt: skip
    assert (2, 2) == (ended.report["matched"], ended.report["out_of_range"])
    assert "4 events, 2 outside the time range" in " ".join(ended.err.split())


def test_empty_folder(tmp_path: Path, logs: Path) -> None:
    """A folder without files is read, and that there was nothing is said."""
    ended = run(logs, folder=tmp_path)
    assert (0, 0) == (ended.exit, ended.report["events"])
    assert f"trailbell: no file in {logs}\n" in ended.err


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("rules.toml", "[[rule]\n", "is not legal TOML"),
        ("rules.toml", "[[rule]]\nname = 'x'\npattern = '{ $.a = }'\n", 'rule "x"'),
        ("rules.toml", "[[rule]]\nname = 'x'\npattern = 'a'\ncolour = 1\n", "colour"),
        ("trailbell.toml", "rules = 7\n", "rules"),
        ("trailbell.toml", "[destination.a]\ntype = 'pager'\n", "destination"),
        ("trailbell.toml", "[[route]]\nto = 'nowhere'\n", "nowhere"),
    ],
)
def test_error_in_a_file(tmp_path: Path, file: str, content: str, said: str) -> None:
    """A wrong rule file or configuration ends the run with 2 before anything is done."""
    (tmp_path / "trailbell.toml").write_text('rules = ["rules.toml"]\n')
    (tmp_path / "rules.toml").write_text(kit.STOP_RULES)
    (tmp_path / file).write_text(content)
    ended = kit.trailbell(
        "run", "-", "--config", tmp_path / "trailbell.toml", "--store", tmp_path / "store.db",
        stdin=GOOD.encode(),
    )  # fmt: skip
    assert (2, "") == (ended.exit, ended.out)
    assert ended.err.startswith("trailbell: ")
    assert file in ended.err
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert not (tmp_path / "store.db").exists()


def test_error_route_to_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule whose route is no destination is refused, for --to slack as well."""
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T000/B000/secret")
    (tmp_path / "rules.toml").write_text(kit.STOP_RULES + 'route = "pager"\n')
    (tmp_path / "trailbell.toml").write_text(
        'rules = ["rules.toml"]\n[destination.security]\ntype = "slack-webhook"\n'
        'url = { env = "SLACK_WEBHOOK_URL" }\n'
    )
    common = ["run", "-", "--config", tmp_path / "trailbell.toml", "--store", tmp_path / "s.db"]
    expected = (
        'trailbell: rule "trail-stopped": route "pager": no such destination;'
        " configured are: security\n"
    )
    for to in ([], ["--to", "slack"]):
        assert kit.Ended(2, "", expected) == kit.trailbell(*common, *to, stdin=GOOD.encode())
    assert 0 == kit.trailbell(*common, "--to", "terminal", stdin=GOOD.encode()).exit


def test_paths_of_a_configuration_are_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule files of a configuration are found from its folder, those of --rules from here."""
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, name in ((here, "of-here"), (there, "of-there")):
        folder.mkdir()
        (folder / "rules.toml").write_text(kit.STOP_RULES.replace("trail-stopped", name))
    (there / "trailbell.toml").write_text('rules = ["rules.toml"]\n')
    monkeypatch.chdir(here)
    common = ["run", "-", "--config", there / "trailbell.toml", "--store", tmp_path / "store.db"]
    assert "rule of-there" in kit.trailbell(*common, stdin=GOOD.encode()).out
    chosen = kit.trailbell(*common, "--rules", "rules.toml", stdin=GOOD.encode())
    assert "rule of-here" in chosen.out


def test_a_destination_called_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--to terminal takes the place of all, whatever the configured destinations are called."""
    monkeypatch.setenv("URL", "https://hooks.slack.com/services/T000/B000/secret")
    (tmp_path / "rules.toml").write_text(kit.STOP_RULES)
    (tmp_path / "trailbell.toml").write_text(
        'rules = ["rules.toml"]\n[destination.terminal]\ntype = "slack-webhook"\n'
        'url = { env = "URL" }\n[[route]]\nseverity = ["info"]\nto = "terminal"\n'
    )
    ended = kit.trailbell(
        "run", "-", "--config", tmp_path / "trailbell.toml", "--to", "terminal",
        "--store", tmp_path / "store.db", "--report", "json", stdin=GOOD.encode(),
    )  # fmt: skip
    assert 1 == ended.report["delivered"]


def test_no_colours_and_no_bars_outside_a_terminal(tmp_path: Path) -> None:
    """What goes to a file or a pipe is plain text."""
    ended = run("-", stdin=GOOD.encode(), folder=tmp_path)
    assert "\x1b" not in ended.out + ended.err
    assert "\r" not in ended.out + ended.err


def test_output_that_is_not_utf_8(tmp_path: Path) -> None:
    """A terminal of another encoding shows what it can, and the alert is delivered."""
    trail = kit.write_trail(tmp_path / "trail.json", [kit.record(userAgent="café – 日本")])
    (tmp_path / "rules.toml").write_text(kit.STOP_RULES)
    done = kit.spawn(
        "run", trail, "--rules", tmp_path / "rules.toml", "--to", "terminal",
        "--store", tmp_path / "store.db",
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    assert "caf? ? ??" in done.stdout


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not here")
@pytest.mark.parametrize("folder", ["records", "logs"])
def test_real_data_to_a_strict_slack(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A strict Slack takes every message of real data, and none is over our own budget."""
    rules = SHARED / folder / "rules.toml"
    (tmp_path / "trailbell.toml").write_text(
        f'rules = ["{rules if rules.exists() else "cis"}"]\n'
        '[destination.channel]\ntype = "slack-webhook"\nurl = { env = "SLACK_WEBHOOK_URL" }\n'
        'per_second = 1000\nburst = 1000\nallow_host = ["127.0.0.1"]\n'
    )
    with FakeSlack() as slack:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", slack.url)
        ended = kit.trailbell(
            "run", SHARED / folder, "--config", tmp_path / "trailbell.toml", "--to", "slack",
            "--since", "2000-01-01", "--store", tmp_path / "store.db", "--report", "json",
        )  # fmt: skip
    report = ended.report
    assert 0 == report["owed"], ended.err
    assert kit.adds_up(report)
    assert report["alerts"] == len(slack.posts) > 0
    assert [] == [line for post in slack.posts for line in over_budget(post)]
    assert len(slack.posts) == len(set(kit.alert_ids(slack.posts)))


def test_stdin_is_read_as_it_is(tmp_path: Path) -> None:
    """Standard input takes any form, compressed as well."""
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb") as zipped:
        zipped.write(TRAIL)
    report = run("-", stdin=content.getvalue(), folder=tmp_path).report
    assert (3, {"duplicate": 2}) == (report["events"], report["suppressed"])


WRONG = """\
[[rule]]
name = "own"
pattern = '{ $.eventName = }'
"""


@pytest.fixture
def ruled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a configuration, and a good and a wrong rule in a file."""
    (tmp_path / "trailbell.toml").write_text('rules = ["*rules.toml"]\n')
    (tmp_path / "rules.toml").write_text(kit.STOP_RULES + WRONG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def skipping(*more: object) -> kit.Ended:
    """Run over one record to the terminal, without the rules that are wrong."""
    return kit.trailbell(
        "run", "-", "--skip-invalid", "--report", "json", "--store", "store.db", *more,
        stdin=GOOD.encode(),
    )  # fmt: skip


def test_skip_invalid(ruled: Path) -> None:
    """The other rules run; each wrong one is named and is an alert of its own, once."""
    (ruled / "more-rules.toml").write_text("[[rule]\n")
    assert 2 == kit.trailbell("run", "-", "--store", "store.db", stdin=GOOD.encode()).exit
    ended = skipping()
    assert 0 == ended.exit
    places = ["more-rules.toml:1:7: is not legal TOML", "rules.toml:6: rule"]
    named = [line for line in ended.err.splitlines() if line.startswith("trailbell: left out: ")]
    assert places == [
        line.removeprefix("trailbell: left out: ")[: len(place)]
        for line, place in zip(named, places, strict=True)
    ]
    assert (1, 3, 3, 3) == tuple(
        ended.report[name] for name in ("events", "matched", "delivered", "alerts")
    )
    assert {
        " HIGH  Rules of more-rules.toml do not run",
        ' HIGH  Rule "own" does not run',
    } == {line for line in ended.out.splitlines() if line.endswith("not run")}
    assert f"  {places[1]}" in ended.out
    again = skipping()
    assert {"duplicate": 3} == again.report["suppressed"]
    assert 2 == again.err.count("trailbell: left out: ")


def test_skip_invalid_and_another_mistake(ruled: Path) -> None:
    """The rule that is wrong in another way rings anew; one that is mended no more."""
    skipping()
    (ruled / "rules.toml").write_text(kit.STOP_RULES + WRONG.replace("= }", "= ( }"))
    assert 1 == skipping().report["delivered"]
    (ruled / "rules.toml").write_text(kit.STOP_RULES)
    ended = skipping()
    assert (1, {"duplicate": 1}) == (ended.report["matched"], ended.report["suppressed"])
    assert "left out" not in ended.err


def test_skip_invalid_in_the_order_of_the_files(ruled: Path) -> None:
    """Wrong rules ring in the order in which they stand."""
    names = [f"wrong-{number}" for number in range(9)]
    wrong = "".join(WRONG.replace("own", name) for name in names)
    (ruled / "rules.toml").write_text(wrong)
    assert names == re.findall(r'HIGH  Rule "([^"]*)" does not run', skipping().out)


def test_skip_invalid_where_all_is_wrong(ruled: Path) -> None:
    """Without a rule that is right, the wrong ones ring all the same."""
    (ruled / "rules.toml").write_text(WRONG)
    report = skipping().report
    assert (1, 1) == (report["events"], report["delivered"])


def test_skip_invalid_sends_nothing_when_asked(ruled: Path) -> None:
    """With --dry-run the alert of a wrong rule is shown; with --to none it is not."""
    assert ruled.is_dir()
    ended = skipping("--dry-run")
    assert {"not sent": 2} == ended.report["suppressed"]
    assert 'would go to terminal:\n HIGH  Rule "own" does not run' in ended.out
    assert {"not sent": 2} == skipping("--to", "none").report["suppressed"]


def test_skip_invalid_and_a_route_to_nowhere(ruled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule whose route leads nowhere is left out as well, and rings where the routes lead."""
    (ruled / "rules.toml").write_text(
        kit.STOP_RULES + 'route = "pager"\n' + kit.STOP_RULES.replace("trail-stopped", "good")
    )
    (ruled / "trailbell.toml").write_text(
        'rules = ["rules.toml"]\n[destination.here]\ntype = "terminal"\n'
        '[destination.there]\ntype = "terminal"\n'
        '[[route]]\nrule = ["invalid-rule"]\nto = "there"\n[[route]]\nto = "here"\n'
    )
    monkeypatch.chdir(ruled)
    ended = skipping()
    assert (2, 2) == tuple(ended.report[name] for name in ("matched", "delivered"))
    assert 'left out: rule "trail-stopped": route "pager": no such destination' in ended.err
    with Store(ruled / "store.db", kit.HandClock(), readonly=True) as store:
        assert [("here", 1), ("there", 1)] == [
            (tally.destination, tally.matches) for tally in store.tallies()
        ]


def test_summary_names_what_was_kept_back(tmp_path: Path) -> None:
    """Under each reason stand what kept matches back, the most first, five at most."""
    parts = [
        f'[[rule.except]]\nname = "number {n} \\u001b[2J"\nreason = "the {n}th"\n'
        f'values = {{ source_ip = ["198.51.100.{n}"] }}\n'
        for n in range(7)
    ]
    (tmp_path / "rules.toml").write_text(kit.STOP_RULES + "".join(parts))
    numbers = [n for n in range(7) for _ in range(n + 1)]
    trail = kit.write_trail(
        tmp_path / "trail.json",
        [kit.record(at, sourceIPAddress=f"198.51.100.{n}") for at, n in enumerate(numbers)],
    )
    ended = kit.trailbell(
        "run", trail, "--rules", tmp_path / "rules.toml", "--to", "terminal",
        "--store", tmp_path / "store.db",
    )  # fmt: skip
    named = [
        f'              {n + 1} of trail-stopped, "number {n} [2J": the {n}th'
        for n in range(6, 1, -1)
    ]
    expected = [
        "suppressed  28 exception (an exception of the rule holds)",
        *named,
        "              and 2 more, 3 matches",
    ]
    assert expected == ended.err.splitlines()[-7:]
