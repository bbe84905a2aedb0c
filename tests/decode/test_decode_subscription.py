"""The value of awslogs.data as other doors hand it over."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from trailbell.decode import Limits, decode_subscription
from trailbell.model import Decoded, LogEvent, Origin, PassedOver, Remark, Unreadable


def decoded(**changes: object) -> list[Decoded]:
    """Decode a payload with these changes."""
    payload = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "group",
        "logStream": "stream",
        "subscriptionFilters": ["filter"],
        "logEvents": [{"id": "7", "timestamp": 5, "message": "hello"}],
    }
    text = json.dumps(payload | changes)
    return decode_subscription(base64.b64encode(gzip.compress(text.encode())), "here")


def test_events_have_the_origin_of_the_payload() -> None:
    """An event knows the account, log group and log stream that it was written to."""
    origin = Origin(account="111122223333", log_group="group", log_stream="stream")
    assert [LogEvent("hello", "7", 5, origin)] == decoded()


@pytest.mark.parametrize(
    ("stream", "region"),
    [
        ("111122223333_CloudTrail_eu-west-1", "eu-west-1"),
        ("111122223333_CloudTrail_us-gov-west-1_3", "us-gov-west-1"),
        ("o-a1b2c3d4e5_111122223333_CloudTrail_ap-southeast-2", "ap-southeast-2"),
        ("111122223333_CloudTrail_", ""),
        ("111122223333_CloudTrail_nowhere", ""),
        ("1234_CloudTrail_eu-west-1", ""),
        ("x111122223333_CloudTrail_eu-west-1", ""),
        ("2026/01/01/[$LATEST]0123456789abcdef", ""),
    ],
)
def test_the_region_stands_in_the_name_of_a_trail_stream(stream: str, region: str) -> None:
    """The region is taken from the name of a stream that CloudTrail made, and from no other."""
    [event] = decoded(logStream=stream)
    assert isinstance(event, LogEvent)
    assert region == event.origin.region


def test_a_control_message_is_passed_over() -> None:
    """The probe of CloudWatch Logs gives no events and no remarks."""
    probe = {"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": ""}
    events = [{"id": "", "timestamp": 5, "message": "probe"}]
    items = decoded(**probe, logStream="", subscriptionFilters=[], logEvents=events)
    assert [PassedOver("here", "control")] == items


COLON = "1 to 512 characters, none of them : or *"
GROUP = "1 to 512 of the characters a-z, A-Z, 0-9, and . - _ / #"


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"owner": "1111"}, 'account id "1111"', "12 digits"),
        ({"owner": "\u0661" * 12}, 'account id "' + "\u0661" * 12 + '"', "12 digits"),
        ({"logGroup": ""}, 'log group ""', GROUP),
        ({"logGroup": "a b\n"}, 'log group "a b"', GROUP),
        ({"logGroup": "g" * 513}, 'log group "' + "g" * 59 + '…"', GROUP),
        ({"logStream": "a*"}, 'log stream "a*"', COLON),
        ({"subscriptionFilters": ["a", "b:"]}, 'subscription filter "b:"', COLON),
    ],
)
def test_a_name_that_aws_would_not_give_is_remarked_on(
    changes: dict[str, object], name: str, expected: str
) -> None:
    """An odd name is a remark, and the event is there all the same."""
    remark, event = decoded(**changes)
    text = f"the {name} is not a name that AWS gives: expected {expected}"
    assert Remark("here", text) == remark
    assert isinstance(event, LogEvent)


@pytest.mark.parametrize(
    "changes",
    [
        {"logGroup": "/aws/lambda/my-function#1.log_x"},
        {"logGroup": "g" * 512},
        {"logStream": "2026/01/01/[$LATEST]äöü {}"},
        {"subscriptionFilters": []},
    ],
)
def test_names_that_aws_gives_are_not_remarked_on(changes: dict[str, object]) -> None:
    """A name within the constraints gives its event alone."""
    assert [LogEvent] == [type(item) for item in decoded(**changes)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "the payload is neither gzip nor zlib"),
        ("%%%", "the payload is not base64"),
        (base64.b64encode(b"text"), "the payload is neither gzip nor zlib"),
        (
            base64.b64encode(gzip.compress(b"text")),
            "the payload is not JSON: expecting value (character 0)",
        ),
        (base64.b64encode(gzip.compress(bytes(2000))), "the payload inflates past 1,000 bytes"),
    ],
)
def test_error_a_subscription_that_cannot_be_read(data: str | bytes, reason: str) -> None:
    """What cannot be read is one Unreadable, with the place that was given."""
    assert [Unreadable("here", reason)] == decode_subscription(data, "here", Limits(document=1000))
