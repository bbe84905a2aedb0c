"""Which exception, or which mute, holds on an event."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from trailbell.counts import Reason, Suppression
from trailbell.model import LogEvent, Match, Origin, Rule, RuleException
from trailbell.mutes import Mute
from trailbell.suppression import exception_for, kept_back

NOON = int(datetime(2027, 6, 30, 12, tzinfo=UTC).timestamp() * 1000)
DAY = 86_400_000
RECORD = {
    "eventVersion": "1.08",
    "eventName": "StopLogging",
    "sourceIPAddress": "198.51.100.7",
    "recipientAccountId": "111122223333",
    "userIdentity": {
        "type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy-web/run-7",
        "sessionContext": {
            "sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/ci/deploy-web"}
        },
    },
    "requestParameters": {"name": "main", "count": 3},
}


def held(exception: RuleException, message: object = RECORD, time: int = NOON) -> bool:
    """Tell whether an exception holds on an event."""
    text = message if isinstance(message, str) else json.dumps(message)
    event = LogEvent(text, origin=Origin(account="444455556666"))
    return exception_for(Rule("any", "", exceptions=(exception,)), event, time) is exception


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"actor": ("arn:aws:iam::*:role/ci/deploy-*",)}, True),
        ({"actor": ("arn:aws:iam::*:role/deploy-*",)}, False),
        ({"actor": ("run-7", "arn:aws:iam::111122223333:role/ci/deploy-web")}, True),
        ({"account": ("1111*",), "source_ip": ("198.51.100.7",)}, True),
        ({"account": ("1111*",), "source_ip": ("198.51.100.8",)}, False),
        ({"$.requestParameters.name": ("m*n",)}, True),
        ({"$.requestParameters.count": ("3",)}, True),
        ({"$.requestParameters.none": ("*",)}, False),
        ({"$.requestParameters.name": ()}, False),
        ({"event_name": ("Stop?ogging", "[S]topLogging", "stoplogging")}, False),
    ],
)
def test_values(values: dict[str, tuple[str, ...]], *, expected: bool) -> None:
    """Of every name one value fits, as it is written; an asterisk stands for any text."""
    exception = RuleException("any", "any", values=tuple(values.items()))
    assert expected == held(exception)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"user": "probe"}, True),
        ({"user": "alice"}, False),
        ({"user": ["probe"]}, False),
        ("probe", False),
        ("[" * 5_000, False),
        ('{"user": "probe"', False),
    ],
)
def test_values_of_other_logs(message: object, *, expected: bool) -> None:
    """A selector reads any JSON object; what is no object has no values."""
    exception = RuleException("any", "any", values=(("$.user", ("probe",)),))
    assert expected == held(exception, message)


def test_account_of_other_logs() -> None:
    """The account of an event that is no record is the owner of its log group."""
    exception = RuleException("any", "any", values=(("account", ("444455556666",)),))
    assert held(exception, "a line")


def test_path_of_an_attacker() -> None:
    """In an ARN, an asterisk does not reach over a colon: a user's path makes no role of it."""
    user = "arn:aws:iam::111122223333:user/x:role/ci/deploy-web"
    identity = {"type": "IAMUser", "arn": user}
    exception = RuleException(
        "any", "any", values=(("actor", ("arn:aws:iam::*:role/ci/deploy-*",)),)
    )
    assert held(exception)
    assert not held(exception, {**RECORD, "userIdentity": identity})
    other = RuleException("any", "any", values=(("actor", ("arn:aws:iam::*:user/x:role/ci/*",)),))
    assert held(other, {**RECORD, "userIdentity": identity})


def test_pattern() -> None:
    """An exception with a pattern holds where the pattern does."""
    assert held(RuleException("any", "any", '{ $.sourceIPAddress = "198.51.100.*" }'))
    assert not held(RuleException("any", "any", '{ $.sourceIPAddress = "203.0.113.*" }'))


def test_last_day() -> None:
    """An exception holds to the end of its last day, in UTC, by the time of the event."""
    exception = RuleException("any", "any", "StopLogging", until=date(2027, 6, 30))
    times = (NOON - 900 * DAY, NOON, NOON + DAY // 2 - 1, NOON + DAY // 2)
    assert [True, True, True, False] == [held(exception, time=time) for time in times]


def test_first_exception_counts() -> None:
    """Where several exceptions hold, the first of the rule's is the reason."""
    first, second = (RuleException(name, "any", "StopLogging") for name in ("b", "a"))
    rule = Rule("any", "", exceptions=(first, second))
    assert first is exception_for(rule, LogEvent(json.dumps(RECORD)), NOON)


START = NOON / 1000


def mute(rule: str = "", actor: str = "", account: str = "") -> Mute:
    """Make a mute of an hour."""
    return Mute(rule, actor, account, "alice", "we know", START, START + 3600, id="0f1e2d")


def muted(
    one: Mute, message: object = RECORD, *, rule: str = "trail-stopped", after: float = 0
) -> bool:
    """Tell whether a mute keeps a match back, seconds after its beginning."""
    text = message if isinstance(message, str) else json.dumps(message)
    event = LogEvent(text, origin=Origin(account="444455556666"))
    found = kept_back(Match(Rule(rule, ""), event), 0, [one], START + after)
    assert found in (None, Suppression(Reason.MUTED, rule, one.what, "we know", "0f1e2d"))
    return found is not None


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (mute("trail-stopped"), True),
        (mute("trail-*"), True),
        (mute("*"), True),
        (mute("trail-stop"), False),
        (mute("trail-stoppe?"), False),
        # The role, as stories go by it, or the session, as an alert names it.
        (mute(actor="arn:aws:iam::111122223333:role/ci/deploy-web"), True),
        (mute(actor="arn:aws:sts::111122223333:assumed-role/deploy-web/run-7"), True),
        (mute(actor="arn:aws:sts::111122223333:assumed-role/deploy-web/*"), True),
        (mute(actor="arn:aws:sts::111122223333:assumed-role/deploy/*"), False),
        (mute(actor="deploy-web"), False),
        (mute(account="111122223333"), True),
        (mute(account="444455556666"), False),
        # All of them have to fit.
        (mute("trail-*", "*/deploy-web", "111122223333"), True),
        (mute("trail-*", "*/deploy-web", "999999999999"), False),
        (mute("trail-*", "*/deploy", "111122223333"), False),
        (mute("root-*", "*/deploy-web", "111122223333"), False),
    ],
    ids=lambda value: getattr(value, "what", str(value)),
)
def test_mutes(one: Mute, *, expected: bool) -> None:
    """A mute is for matches of its rule, its actor and its account."""
    assert expected == muted(one)


@pytest.mark.parametrize("message", ["a line", "[" * 5_000, '{"user": 1}', '{"userIdentity": []}'])
def test_mutes_of_other_logs(message: str) -> None:
    """What is no record has a rule and the account of its log group, and nobody who acted."""
    assert muted(mute("trail-stopped"), message)
    assert muted(mute(account="444455556666"), message)
    assert not muted(mute(actor="*"), message)


def test_mutes_end_by_the_clock() -> None:
    """A mute holds from its beginning to its end, whatever the time of the event is."""
    times = (-1, 0, 3599, 3600)
    assert [False, True, True, False] == [muted(mute("*"), after=time) for time in times]


def test_mutes_go_before_exceptions() -> None:
    """Where a mute and an exception hold, the mute is the reason."""
    rule = Rule("any", "", exceptions=(RuleException("mine", "it is planned", "StopLogging"),))
    match = Match(rule, LogEvent(json.dumps(RECORD)))
    by_exception = Suppression(Reason.EXCEPTION, "any", "mine", "it is planned")
    by_mute = Suppression(Reason.MUTED, "any", "rule any", "we know", "0f1e2d")
    assert by_mute == kept_back(match, NOON, [mute("other"), mute("any")], START)
    assert by_exception == kept_back(match, NOON, [mute("other"), mute("any")], START + 3600)
    assert kept_back(Match(Rule("any", ""), match.event), NOON, [], START) is None
