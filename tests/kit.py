"""What tests share: a clock turned by hand, made-up records, and the command in process."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trailbell.cli import invoke
from trailbell.deliver import Delivery
from trailbell.model import LogEvent, Match, Rule, Sighting

NOON = 1_773_489_600.0
"""2026-03-14T12:00:00Z, in seconds since the epoch."""
ACCOUNT = "111122223333"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"

STOP_RULES = """\
[[rule]]
name = "trail-stopped"
title = "CloudTrail was stopped"
severity = "critical"
pattern = '{ $.eventName = StopLogging }'
"""


@dataclass
class HandClock:
    """Stand still until somebody sleeps or turns it; remember every sleep, in seconds."""

    time: float = NOON
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Turn the clock instead of waiting."""
        if seconds > 0:
            self.slept.append(seconds)
            self.time += seconds


@dataclass
class ScriptedSender:
    """Give planned answers, the last of them for ever; remember what was sent, and when."""

    clock: HandClock
    answers: list[Delivery]
    sent: list[tuple[float, Any]] = field(default_factory=list)

    def send(self, message: object) -> Delivery:
        """Take a message."""
        self.sent.append((self.clock.now() - NOON, message))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def record(number: int = 1, *, at: float = NOON, **fields: Any) -> dict[str, Any]:  # noqa: ANN401  any field of a record
    """Make up a CloudTrail record: alice stops a trail. ``number`` makes its eventID."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLEALICE00001",
            "arn": ALICE,
            "accountId": ACCOUNT,
            "userName": "alice",
        },
        "eventTime": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StopLogging",
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.17.0",
        "requestParameters": {"name": f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/main"},
        "responseElements": None,
        "eventID": f"5f0e1d2c-0000-4000-8000-{number:012d}",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
        **fields,
    }


def write_trail(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    """Write a trail file."""
    path.write_text(json.dumps({"Records": list(records)}), encoding="utf-8")
    return path


def rule(name: str = "trail-stopped", **fields: Any) -> Rule:  # noqa: ANN401  any field of a rule
    """Make a rule that holds on the records above."""
    return Rule(name=name, **{"pattern": "{ $.eventName = StopLogging }", **fields})


def event(number: int = 1, *, at: float = NOON, **fields: Any) -> LogEvent:  # noqa: ANN401  any field of a record
    """Make an event of a record."""
    made = record(number, at=at, **fields)
    return LogEvent(json.dumps(made), id=made["eventID"], timestamp=int(at * 1000))


def sighting(
    number: int = 1,
    *,
    at: float = NOON,
    destination: str = "here",
    **fields: Any,  # noqa: ANN401  any field of a sighting
) -> Sighting:
    """Make a match on its way to a destination; ``fields`` replace those of the sighting."""
    seen = event(number, at=at)
    matched = fields.pop("rule", None) or rule()
    return Sighting(
        **{
            "key": f"key {number} {destination}",
            "event": f"event {number}",
            "destination": destination,
            "story": "story",
            "time": int(at * 1000),
            "window": None,
            "match": Match(matched, seen),
            **fields,
        }
    )


@dataclass(frozen=True)
class Ended:
    """Hold how a command ended, and all it said."""

    exit: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """Return the counts of ``--report json``: the last line of standard output."""
        counts: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return counts


def trailbell(*arguments: object, stdin: bytes = b"") -> Ended:
    """Run the command in this process, as if typed."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    standing = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = invoke([str(argument) for argument in arguments])
    finally:
        sys.stdin = standing
    return Ended(status, *(_written(stream) for stream in (out, err)))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def spawn(
    *arguments: object, env: Mapping[str, str] | None = None, before: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; ``before`` is Python that runs first in it."""
    return subprocess.run(  # noqa: S603  the command under test
        command(*arguments, before=before),
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def command(*arguments: object, before: str = "") -> list[str]:
    """Return what to execute to run the command in a process of its own."""
    code = f"{before}\nfrom trailbell.cli import main\nmain()"
    return [sys.executable, "-c", code, *map(str, arguments)]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which the command behaves as in no terminal."""
    kept = {name: value for name, value in os.environ.items() if name != "SLACK_WEBHOOK_URL"}
    return {**kept, "COLUMNS": "80", "PYTHONUTF8": "1", **(more or {})}


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Give a port of the loopback that refuses every connection while the context lasts."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def recent() -> float:
    """Return the start of a five-minute window of some minutes ago, in seconds.

    The window after it is over as well, and of the same day.
    """
    start = time.time() // 300 * 300 - 900
    return start if start // 86_400 == (start + 600) // 86_400 else start - 600


def adds_up(counts: Mapping[str, Any]) -> bool:
    """Tell whether every match of a report ended in exactly one way."""
    ended = counts["delivered"] + sum(counts["suppressed"].values()) + counts["owed"]
    return bool(counts["matched"] + counts["carried"] == ended)


def alert_ids(posts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the alert id that people see in each Slack message, in the order of arrival."""
    return [found for post in posts for found in re.findall(r"alert `([0-9a-f]+)`", str(post))]
