"""The default pack over real records: an attack is told, and ordinary traffic stays silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trailbell import Engine, LogEvent
from trailbell.counts import Reason
from trailbell.decode import decode
from trailbell.rules import load_rules
from trailbell.sources.files import find
from trailbell.volume import Sight, Volume

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "records"
ATTACK = RECORDS / "invictus-ir_aws_dataset.jsonl"

# An hour of github.com/invictus-ir/aws_dataset, in which stratus-red-team attacks an account:
# time, rule, who, how many matches.
STORY = [
    ("11:54:47", "instance-secrets-asked-for", "automationget-password-data-role", 29),
    ("11:57:16", "commands-run-on-instances", "alice", 1),
    ("11:57:50", "secrets-read-in-bulk", "alice", 87),
    ("11:59:02", "trail-stopped", "alice", 4),
    ("12:00:08", "trail-narrowed", "alice", 1),
    ("12:00:35", "bucket-data-at-risk", "alice", 1),
    ("12:02:05", "organization-left", "automationleave-org-role", 1),
    ("12:02:26", "network-guard-removed", "alice", 1),
    ("12:02:55", "instance-secrets-asked-for", "automationget-usr-data-role", 15),
    ("12:06:42", "mining-instances-launched", "automationlui-role-pcccexdthk", 1),
    ("12:07:55", "secrets-read-in-bulk", "alice", 60),
    ("12:08:00", "alerting-cut", "alice", 1),
    ("12:08:04", "trail-stopped", "alice", 2),
    ("12:09:31", "mining-instances-launched", "automationlui-role-wuzemnoeqa", 1),
    ("12:10:08", "opened-to-internet", "alice", 1),
    ("12:11:01", "snapshot-shared", "alice", 2),
    ("12:22:06", "snapshot-shared", "alice", 1),
    ("12:22:41", "bucket-shared", "alice", 1),
    ("12:23:05", "iam-user-created", "alice", 4),
    ("12:23:06", "console-password-set", "alice", 2),
    ("12:23:15", "sign-in-without-mfa", "automationnmfalu-gfjyeaypjt", 1),
    ("12:24:10", "admin-rights-granted", "alice", 2),
    ("12:24:11", "role-trust-widened", "alice", 1),
    ("12:24:29", "long-term-credential-created", "alice", 2),
    ("12:25:40", "resource-opened", "alice", 1),
    ("12:26:56", "lambda-code-changed-by-hand", "alice", 2),
    ("12:27:13", "outside-identities-admitted", "alice", 1),
]

pytestmark = pytest.mark.skipif(not RECORDS.exists(), reason="the real records are not at hand")


def volume_of(paths: Sequence[Path]) -> Volume:
    """Run the default pack over files."""
    rules = [rule for pack in load_rules(("essentials",), Path()) for rule in pack.rules]
    events = [
        item
        for file in find([str(path) for path in paths])
        for item in decode(file)
        if isinstance(item, LogEvent)
    ]
    volume = Volume(0)
    volume.watch(Engine(rules), events)
    volume.settle()
    return volume


def alerts_of(volume: Volume) -> list[list[Sight]]:
    """Return the matches of each alert, in the order of their beginning."""
    alerts: dict[int, list[Sight]] = {}
    for sight in volume.sights:
        if sight.alert is not None:
            alerts.setdefault(sight.alert, []).append(sight)
    return sorted(alerts.values(), key=lambda sights: min((s.time, s.rule.name) for s in sights))


def test_attack_is_told() -> None:
    """An hour of attacks on an account of 2,900 records is twenty-seven alerts, one for each."""
    volume = volume_of([ATTACK])
    told = []
    for sights in alerts_of(volume):
        first = min(sight.time for sight in sights)
        clock = datetime.fromtimestamp(first / 1000, UTC).strftime("%H:%M:%S")
        who = sights[0].values[1].rpartition("/")[2]
        told.append((clock, sights[0].rule.name, who, len(sights)))
    assert STORY == told
    held_back = {cause.reason for cause, _ in volume.suppressed()}
    assert {Reason.BELOW_THRESHOLD} == held_back


def test_ordinary_records_are_silent() -> None:
    """Of the other samples, root's own calls ring, and a user and a key that were made."""
    others = [path for path in sorted(RECORDS.glob("*.jsonl")) if path != ATTACK]
    ringing = [sights[0].rule.name for sights in alerts_of(volume_of(others))]
    expected = {"root-used": 4, "iam-user-created": 1, "long-term-credential-created": 1}
    assert expected == {name: ringing.count(name) for name in ringing}
