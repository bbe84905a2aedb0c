"""Which exception holds on an event."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from trailbell.model import LogEvent, Origin, Rule, RuleException
from trailbell.suppression import exception_for

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
