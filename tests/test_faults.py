"""Everything that goes wrong between a match and its channel, through the real command line."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kit
from fake_slack import Answer, FakeSlack, Plan, Request, assert_no_secret
from trailbell.deliver import Webhook
from trailbell.store import Store

REFUSAL = (400, "invalid_blocks")


class Desk:
    """Hold a trail, rules and a store, and run the command on them; nothing said is a secret."""

    def __init__(self, folder: Path, slack: FakeSlack) -> None:
        self.folder = folder
        self.slack = slack
        self.store = folder / "store.db"
        (folder / "rules.toml").write_text(kit.STOP_RULES)
        start = kit.recent() - 4 * 3600
        # Three stories, an hour apart.
        self.records = [kit.record(n, at=start + n * 3600) for n in range(3)]
        kit.write_trail(folder / "trail.json", self.records)

    def arguments(self, *more: object, wait: float = 0) -> list[object]:
        """Return the arguments of a run to Slack."""
        return [
            "run", self.folder / "trail.json", "--rules", self.folder / "rules.toml",
            "--to", "slack", "--store", self.store, "--allow-host", "127.0.0.1",
            "--report", "json", "--wait", wait, *more,
        ]  # fmt: skip

    def run(self, *more: object, wait: float = 0) -> kit.Ended:
        """Run in this process, and look for the secret in all that was said and kept."""
        ended = kit.trailbell(*self.arguments(*more, wait=wait))
        self.assert_no_secret(ended.out, ended.err)
        assert kit.adds_up(ended.report)
        return ended

    def assert_no_secret(self, *texts: object) -> None:
        """Assert that neither a text nor a file of the store holds the webhook's secret."""
        kept = [path.read_bytes() for path in self.folder.glob("store.db*")]
        assert_no_secret(self.slack.url, *texts, *kept)

    def status(self) -> dict[str, Any]:
        """Return what trailbell status says of the store."""
        ended = kit.trailbell("status", "--store", self.store, "--json")
        self.assert_no_secret(ended.out, ended.err)
        content: dict[str, Any] = json.loads(ended.out)
        return content


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """Give a Slack on the loopback."""
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def desk(tmp_path: Path, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a desk whose webhook is in the environment."""
    monkeypatch.setenv("SLACK_WEBHOOK_URL", slack.url)
    return Desk(tmp_path, slack)


def killed(desk: Desk, before: str) -> int:
    """Run the command in a process that kills itself where ``before`` says."""
    done = kit.spawn(
        *desk.arguments(),
        env={"SLACK_WEBHOOK_URL": desk.slack.url},
        before="import os, signal\n"
        "from trailbell.pipeline import Pipeline\n"
        "from trailbell.store import Store\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n" + before,
    )
    desk.assert_no_secret(done.stdout, done.stderr)
    return done.returncode


AFTER_WRITING = """
gathers = []
whole = Pipeline._gather
def once(self):
    gathers.append(1)
    die() if len(gathers) == 2 else whole(self)
Pipeline._gather = once
"""
BEFORE_DELIVERY = """
delivers = []
whole = Pipeline._deliver
def once(self, wait):
    delivers.append(1)
    die() if len(delivers) == 2 else whole(self, wait)
Pipeline._deliver = once
"""


@pytest.mark.parametrize("before", [AFTER_WRITING, BEFORE_DELIVERY], ids=["written", "gathered"])
def test_killed_before_delivery(desk: Desk, before: str) -> None:
    """A run killed between its stages loses nothing: the next delivers all, and counts it."""
    assert -signal.SIGKILL == killed(desk, before)
    assert [] == desk.slack.posts
    report = desk.run().report
    assert (3, 3, 3, 0) == tuple(
        report[name] for name in ("matched", "carried", "delivered", "owed")
    )
    assert {"duplicate": 3} == report["suppressed"]
    assert 3 == len(desk.slack.posts)


def test_killed_between_post_and_settling(desk: Desk) -> None:
    """An alert that was posted and not noted comes once more, under the same id."""
    assert -signal.SIGKILL == killed(desk, "Store.settle = die")
    assert 1 == len(desk.slack.posts)
    report = desk.run().report
    assert (3, 3, 0) == (report["carried"], report["delivered"], report["owed"])
    ids = kit.alert_ids(desk.slack.posts)
    assert ids[0] == ids[1]
    assert 3 == len(set(ids))


def test_killed_while_writing(desk: Desk) -> None:
    """A batch that was being written when the run was killed is read again, whole."""
    before = "wrote = []\nwhole = Store.write\ndef write(self, it):\n"
    before += "    wrote.append(1)\n    die() if len(wrote) == 2 else whole(self, it)\n"
    assert -signal.SIGKILL == killed(desk, before + "Store.write = write")
    report = desk.run().report
    assert (3, 0, 3) == (report["matched"], report["carried"], report["delivered"])


def test_interrupted_while_delivering(desk: Desk) -> None:
    """Ctrl-C ends a run with 130 and a word; what is left is owed and goes out with the next."""
    hanging = threading.Event()
    desk.slack.on_request = lambda _: hanging.set()
    desk.slack.script(["hang"])
    process = subprocess.Popen(  # noqa: S603  the command under test
        kit.command(*desk.arguments(wait=60)),
        env=kit.environment({"SLACK_WEBHOOK_URL": desk.slack.url}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert hanging.wait(30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    desk.slack.release()
    assert 130 == process.returncode
    assert "trailbell: stopped; what was matched and not delivered is owed\n" == err
    desk.assert_no_secret(out, err)
    assert 3 == desk.run().report["delivered"]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ((500, "rollup_error"), "127.0.0.1 answered 500 rollup_error: trouble on its side"),
        ((503, ""), "127.0.0.1 answered 503 without a body: trouble on its side"),
        ((429, "rate_limited", {"Retry-After": "30"}), "429 rate_limited: too many messages"),
        ((429, "", {}), "too many messages; this one was not posted"),
        ("drop", "the connection was closed too early"),
        ("garbage", "what came was not HTTP"),
        (Answer(500, "", stores=True), "unknown whether posted"),
    ],
    ids=str,
)
def test_trouble_on_the_way(desk: Desk, plan: Plan, said: str) -> None:
    """Trouble that may pass keeps all owed with its reason; then all comes, under its ids."""
    desk.slack.script([plan])
    ended = desk.run()
    assert (4, 3) == (ended.exit, ended.report["owed"])
    assert said in " ".join(ended.err.split())
    first, *untried = desk.status()["owed"]
    assert said in first["reason"]
    assert [0, 0] == [owed["attempts"] for owed in untried]
    report = desk.run().report
    assert (3, 3, 0) == (report["carried"], report["delivered"], report["owed"])
    ids = kit.alert_ids(desk.slack.posts)
    assert 3 == len(set(ids))
    # What may have been posted before it failed comes under the id that it had.
    assert ids[-3:] == list(dict.fromkeys(ids))
    assert first["alert"] == ids[0]


def test_slow_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that does not come in time leaves the alert owed."""
    hasty = functools.partial(Webhook, timeout=0.2)
    monkeypatch.setattr("trailbell.cli.destinations.Webhook", hasty)
    desk.slack.script(["hang"])
    ended = desk.run()
    desk.slack.release()
    assert 3 == ended.report["owed"]
    assert "nothing complete within 0.2 s" in " ".join(ended.err.split())
    assert 3 == desk.run().report["delivered"]


def test_nobody_answers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens all is owed, and the next run delivers it."""
    with kit.closed_port() as port:
        url = desk.slack.url.replace(desk.slack.url.split("/")[2], f"127.0.0.1:{port}")
        monkeypatch.setenv("SLACK_WEBHOOK_URL", url)
        assert 4 == desk.run().exit
    monkeypatch.setenv("SLACK_WEBHOOK_URL", desk.slack.url)
    assert 3 == desk.run().report["delivered"]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ((404, "no_service"), "404 no_service: the webhook was removed or disabled"),
        ((410, "channel_is_archived"), "410 channel_is_archived: the channel is archived"),
        ((403, "action_prohibited"), "403 action_prohibited: an administrator forbids posting"),
        ((302, "", {"Location": "http://127.0.0.1:1/elsewhere"}), "a redirect, which is not"),
        ((200, "<html>"), "expected 200 ok; not the answer of a Slack webhook"),
    ],
    ids=str,
)
def test_breaker(desk: Desk, plan: Plan, said: str) -> None:
    """What no retry mends is tried once, however long the wait; all is owed, and it is said."""
    desk.slack.script([plan])
    ended = desk.run(wait=60)
    assert 1 == len(desk.slack.requests)
    assert (4, 3, 0) == (ended.exit, ended.report["owed"], ended.report["alerts"])
    words = " ".join(ended.err.split())
    assert said in words
    assert "mend that and run again, nothing more is sent until then" in words
    assert said in desk.status()["owed"][0]["reason"]
    assert 3 == desk.run().report["delivered"]


def test_degraded_once(desk: Desk) -> None:
    """Blocks that Slack refuses go out as plain text with the same alert id, and that is said."""
    desk.slack.script([REFUSAL])
    ended = desk.run(wait=5)
    assert (0, 3, 3) == (ended.exit, ended.report["delivered"], ended.report["alerts"])
    rich, plain = desk.slack.requests[0].payload, desk.slack.posts[0]
    assert kit.alert_ids([rich]) == kit.alert_ids([plain])
    assert {"text", "unfurl_links", "unfurl_media"} == set(plain)
    assert len(plain["text"]) <= 3_000
    assert desk.records[0]["eventID"] in plain["text"]
    assert (
        "went to slack as plain text, since 127.0.0.1 answered 400 invalid_blocks:"
        " the message's blocks were refused" in ended.err
    )


def test_refused_twice(desk: Desk) -> None:
    """Refused as plain text too, an alert stays owed with the reason; the others go on."""
    desk.slack.script([REFUSAL, (400, "no_text")])
    ended = desk.run(wait=5)
    assert (4, 2, 1) == (ended.exit, ended.report["delivered"], ended.report["owed"])
    (parked,) = desk.status()["owed"]
    assert "127.0.0.1 answered 400 no_text: the message has no text" == parked["reason"]
    shown = kit.trailbell("status", "--store", desk.store)
    assert 4 == shown.exit
    assert parked["alert"] in shown.out
    assert "400 no_text" in shown.out
    assert 1 == desk.run().report["delivered"]


def test_an_answer_that_repeats_the_url(desk: Desk) -> None:
    """An error page that quotes the webhook's URL does not carry it any further."""
    desk.slack.script([(500, f"cannot post to {desk.slack.url}")])
    assert "repeats the webhook's URL" in " ".join(desk.run().err.split())


def test_pace_of_the_real_thing(desk: Desk) -> None:
    """At the default pace, three go out at once: a Slack that takes three at once is content."""
    with FakeSlack(burst=3) as strict:
        os.environ["SLACK_WEBHOOK_URL"] = strict.url  # The fixture puts it back.
        ended = kit.trailbell(*desk.arguments())
        assert (0, 3) == (ended.exit, len(strict.requests))


CONFIGURATION = """\
rules = ["rules.toml"]

[destination.security]
type = "slack-webhook"
url = { env = "SECURITY_URL" }
per_second = 1000
allow_host = ["127.0.0.1"]

[destination.everyone]
type = "slack-webhook"
url = { file = "everyone.url" }
per_second = 1000
allow_host = ["127.0.0.1"]

[destination.here]
type = "terminal"

[[route]]
rule = ["trail-*"]
severity = ["critical"]
to = "security"

[[route]]
account = ["111122223333"]
to = "everyone"
"""
MORE_RULES = """
[[rule]]
name = "any-call"
pattern = '{ $.eventName = * }'

[[rule]]
name = "stopped-here"
pattern = '{ $.eventName = StopLogging }'
route = "here"
"""


def test_routes_and_a_blocked_destination(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each match goes where its route leads; one destination away keeps back no other."""
    (desk.folder / "trailbell.toml").write_text(CONFIGURATION)
    (desk.folder / "rules.toml").write_text(kit.STOP_RULES + MORE_RULES)
    monkeypatch.chdir(desk.folder)
    monkeypatch.delenv("SLACK_WEBHOOK_URL")
    with FakeSlack() as everyone:
        monkeypatch.setenv("SECURITY_URL", desk.slack.url)
        (desk.folder / "everyone.url").write_text(everyone.url + "\n")
        desk.slack.script([(503, "")])
        common = ["run", "trail.json", "--store", desk.store, "--report", "json", "--wait", "0"]
        ended = kit.trailbell(*common)
        assert (9, 6, 3) == tuple(ended.report[n] for n in ("matched", "delivered", "owed"))
        assert ([], 3) == (desk.slack.posts, len(everyone.posts))
        assert 3 == ended.out.count("rule stopped-here")
        again = kit.trailbell(*common)
        assert (3, 3, 0) == tuple(again.report[n] for n in ("carried", "delivered", "owed"))
        assert (3, 3) == (len(desk.slack.posts), len(everyone.posts))
        assert_no_secret(desk.slack.url, ended.out, ended.err, again.out, again.err)


def test_slack_of_a_configuration(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """--to slack means the configured Slack destinations; terminal takes the place of all."""
    (desk.folder / "trailbell.toml").write_text(CONFIGURATION)
    (desk.folder / "rules.toml").write_text(kit.STOP_RULES + MORE_RULES)
    (desk.folder / "everyone.url").write_text(desk.slack.url)
    monkeypatch.chdir(desk.folder)
    monkeypatch.setenv("SECURITY_URL", desk.slack.url)
    common = ["run", "trail.json", "--store", desk.store, "--report", "json", "--wait", "0"]
    report = kit.trailbell(*common, "--to", "slack").report
    assert (9, 6, {"not sent": 3}) == tuple(
        report[name] for name in ("matched", "delivered", "suppressed")
    )
    report = kit.trailbell(*common, "--to", "terminal").report
    assert (9, 9) == (report["matched"], report["delivered"])


def test_two_runs_at_once(desk: Desk) -> None:
    """A run that finds the store held waits for it, and gives up with status 2."""
    with Store(desk.store, kit.HandClock()):
        ended = kit.trailbell(*desk.arguments())
    assert (2, "") == (ended.exit, ended.out)
    assert (
        f"trailbell: {desk.store}: another run holds this store; wait for it to end"
        " (a longer --wait does), or name another with --store\n" == ended.err
    )
    assert [] == desk.slack.requests


def test_a_second_run_waits_for_the_first(desk: Desk) -> None:
    """Within --wait the second run takes over where the first ended, and sends nothing twice."""
    started = threading.Event()
    desk.slack.on_request = lambda _: started.set()
    desk.slack.script(["hang"])
    ends: list[kit.Ended | subprocess.CompletedProcess[str]] = []
    environment = {"SLACK_WEBHOOK_URL": desk.slack.url}
    first, second = (
        threading.Thread(
            target=lambda: ends.append(kit.spawn(*desk.arguments(wait=60), env=environment))
        )
        for _ in range(2)
    )
    first.start()
    assert started.wait(30)
    second.start()
    desk.slack.release()
    first.join(60)
    second.join(60)
    assert [0, 0] == [done.returncode for done in ends if not isinstance(done, kit.Ended)]
    assert 3 == len(set(kit.alert_ids(desk.slack.posts)))


@pytest.mark.parametrize("content", [b"no database at all, but long enough for one" * 30, None])
def test_error_store(desk: Desk, content: bytes | None) -> None:
    """A store that cannot be used ends the run with status 2 before anything is sent."""
    if content is None:
        desk.store.mkdir()
    else:
        desk.store.write_bytes(content)
    ended = kit.trailbell(*desk.arguments())
    assert 2 == ended.exit
    assert str(desk.store) in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert [] == desk.slack.requests


def test_error_disk_full(desk: Desk) -> None:
    """A disk that fills up while matches are written ends the run with 4, and a way out."""
    start = kit.recent()
    kit.write_trail(
        desk.folder / "trail.json",
        (kit.record(n, at=start, padding="x" * 2_000) for n in range(500)),
    )
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    done = kit.spawn(*desk.arguments(), env={"SLACK_WEBHOOK_URL": desk.slack.url}, before=limit)
    assert 4 == done.returncode
    assert f"trailbell: {desk.store}: cannot be written: " in done.stderr
    assert "the rest of the input has to be read again" in done.stderr
    assert "Traceback" not in done.stderr
    assert [] == desk.slack.posts
    assert 500 == desk.run().report["delivered"]


def test_closed_pipe(desk: Desk) -> None:
    """``| head -1`` ends the output, not the accounting: no traceback, and the rest is owed."""
    arguments = [str(argument) for argument in desk.arguments("--to", "terminal")]
    process = subprocess.Popen(  # noqa: S603  the command under test
        kit.command(*arguments),
        env=kit.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    assert 4 == process.wait(30)
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert "terminal: the output cannot be written: broken pipe" in err
    ended = desk.run("--to", "terminal")
    assert (3, 3) == (ended.report["carried"], ended.report["delivered"])


SECRET = "wJalrXUtnFEMIexampleexampleSECRETKEY"
TOKEN = "FwoGZXIvYXdzEexampleSESSIONtoken"


def test_credentials_reach_nobody(desk: Desk) -> None:
    """Credentials in a record reach neither the store, nor the terminal, nor Slack."""
    answers = {
        "credentials": {"sessionToken": TOKEN, "accessKeyId": "ASIAEXAMPLE"},
        "accessKey": {"secretAccessKey": SECRET, "userName": "alice"},
    }
    asked = {"masterUserPassword": SECRET, "policy": json.dumps({"password": TOKEN})}
    record = kit.record(9, at=kit.recent(), responseElements=answers, requestParameters=asked)
    kit.write_trail(desk.folder / "trail.json", [record])
    line = f"StopLogging password={SECRET} token={TOKEN} done"
    (desk.folder / "app.log").write_text(line + "\n")
    rules = kit.STOP_RULES + "\n[[rule]]\nname = \"text\"\npattern = 'StopLogging'\n"
    (desk.folder / "rules.toml").write_text(rules)
    desk.slack.script([(503, "")])
    said = [desk.run(desk.folder / "app.log")]
    kept = b"".join(path.read_bytes() for path in desk.folder.glob("store.db*"))
    said.append(desk.run(desk.folder / "app.log"))
    said.append(desk.run(desk.folder / "app.log", "--to", "terminal"))
    assert 3 == len(desk.slack.posts)
    assert "ASIAEXAMPLE" in json.dumps(desk.slack.posts)
    for secret in (SECRET, TOKEN):
        assert secret.encode() not in kept
        assert secret not in json.dumps([request.payload for request in desk.slack.requests])
        assert secret not in "".join(ended.out + ended.err for ended in said)
    assert b"StopLogging" in kept


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://hooks.slack.com.evil.example/services/T000/B000/secret", "allow another by name"),
        ("http://hooks.slack.com/services/T000/B000/secret", "over https only"),
        ("https://hooks.slack.com/other/T000/B000/secret", "found another path"),
        ("not a url /services/T000/B000/secret", "a character that no URL has"),
        ("", "SLACK_WEBHOOK_URL is not set"),
    ],
)
def test_error_url(desk: Desk, monkeypatch: pytest.MonkeyPatch, url: str, said: str) -> None:
    """A webhook URL that may not be used is refused without being shown, and nothing is done."""
    monkeypatch.setenv("SLACK_WEBHOOK_URL", url)
    ended = kit.trailbell(*desk.arguments())
    assert (2, "") == (ended.exit, ended.out)
    assert said in ended.err
    assert "B000/secret" not in ended.err
    assert not desk.store.exists()


def test_another_host_needs_its_name(desk: Desk) -> None:
    """Without --allow-host nothing goes to the loopback."""
    arguments = [one for one in desk.arguments() if one not in ("--allow-host", "127.0.0.1")]
    ended = kit.trailbell(*arguments)
    assert 2 == ended.exit
    assert "--allow-host 127.0.0.1" in ended.err
    assert [] == desk.slack.requests


def test_requests_are_as_slack_wants_them(desk: Desk) -> None:
    """A post is JSON with its content type, and tells who sent it."""
    seen: list[Request] = []
    desk.slack.on_request = seen.append
    desk.run()
    assert {"application/json; charset=utf-8"} == {
        request.headers["Content-Type"] for request in seen
    }


def test_owed_goes_before_unreadable(desk: Desk) -> None:
    """A run that owes something and could not read something ends with 4, then with 3."""
    (desk.folder / "bad.json").write_text('{"Records": [\n')
    desk.slack.script([(503, "")])
    ended = desk.run(desk.folder / "bad.json")
    assert (4, 1, 3) == (ended.exit, ended.report["unreadable"], ended.report["owed"])
    ended = desk.run(desk.folder / "bad.json")
    assert (3, 1, 0) == (ended.exit, ended.report["unreadable"], ended.report["owed"])
