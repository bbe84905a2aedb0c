"""What a CloudTrail record says: identity, time, actor, outcome, account."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from trailbell.model import LogEvent, Origin
from trailbell.record import (
    FACETS,
    Record,
    digest,
    event_key,
    event_time,
    facet,
    glance,
    in_range,
    parse_time,
    read_record,
)

HERE = Path(__file__).parent
RECORD = {
    "eventVersion": "1.08",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice"},
    "eventTime": "2026-03-14T02:05:12Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "CreateUser",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "198.51.100.7",
    "eventID": "5f0c8c1e-7d62-4a3b-9a55-0d9b6f1f6b11",
    "recipientAccountId": "111122223333",
}
OWNER = "444455556666"
STARTED = 1_800_000_000_000


def read_cases(name: str) -> list[dict[str, Any]]:
    """Read a table of cases."""
    cases: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text("utf-8"))["case"]
    return cases


def logged(**fields: object) -> LogEvent:
    """Make the log event of a record, as a subscription delivers it."""
    message = json.dumps(RECORD | fields)
    return LogEvent(message, "id-1", 1_773_453_999_000, Origin(OWNER, "", "trail"))


@pytest.mark.parametrize("case", read_cases("record_cases.toml"), ids=lambda case: case["name"])
def test_record_says(case: dict[str, Any]) -> None:
    """Actor, outcome and account are read of a record of any shape."""
    fields = {name: RECORD[name] for name in ("eventVersion", "eventSource", "eventName")}
    fields["userIdentity"] = json.loads(case.get("identity", "{}"), strict=False)
    fields |= json.loads(case.get("fields", "{}"))
    record = read_record(json.dumps(fields))
    assert record is not None
    said = {"actor": record.actor, "outcome": record.outcome, "account": record.account(OWNER)}
    asked = {name: case[name] for name in said if name in case}
    assert asked == {name: said[name] for name in asked}
    assert asked


@pytest.mark.parametrize("case", read_cases("record_times.toml"), ids=lambda case: case["text"])
def test_event_time_texts(case: dict[str, Any]) -> None:
    """A time of any ISO 8601 spelling is read; what is none leaves the log's own timestamp."""
    event = logged(eventTime=case["text"])
    found = (parse_time(case["text"]), event_time(event, STARTED))
    assert (case.get("time"), case.get("time", event.timestamp)) == found


@pytest.mark.parametrize("value", [None, 1_773_453_912, ["2026-03-14T02:05:12Z"], {}, "\ud800"])
def test_event_time_of_another_type(value: object) -> None:
    """An eventTime that is no text leaves the timestamp of the log event."""
    assert event_time(logged(eventTime=value), STARTED) == 1_773_453_999_000


def test_event_time_without_any() -> None:
    """A bare line happened when the run started; a log event when the log says, record or not."""
    line = LogEvent("sshd: session opened", "-:1:0")
    found = [event_time(event, STARTED) for event in (line, structs.replace(line, timestamp=0))]
    assert [STARTED, 0] == found


def test_event_time_only_of_records() -> None:
    """An eventTime in an object that is no CloudTrail record does not count."""
    event = LogEvent('{"eventTime": "2026-03-14T02:05:12Z", "level": "info"}', timestamp=5)
    assert event_time(event, STARTED) == 5


def test_key_is_account_and_event_id() -> None:
    """The same record is one event, however it came and whatever else differs in the text."""
    event = logged()
    elsewhere = LogEvent(json.dumps(RECORD, indent=1), "b.json:9:ffff", None, Origin(path="b.json"))
    others = [logged(eventID="another"), logged(recipientAccountId="777788889999")]
    assert event_key(event) == event_key(elsewhere)
    assert len({event_key(one) for one in (event, *others)}) == 3


def test_key_without_recipient_is_of_the_owner() -> None:
    """A record that does not say whom it is for belongs to the owner of the log group."""
    event = logged(recipientAccountId=None)
    same = logged(recipientAccountId=OWNER)
    others = structs.replace(event, origin=Origin("777788889999", "", "trail"))
    assert event_key(event) == event_key(same)
    assert event_key(event) != event_key(others)


@pytest.mark.parametrize("value", [None, "", 17, ["x"]])
def test_key_without_event_id_is_of_the_log(value: object) -> None:
    """A record without an id of its own is known by its log group and the id there."""
    event = logged(eventID=value)
    moved = structs.replace(event, origin=Origin(OWNER, "", "another-group"))
    renumbered = structs.replace(event, id="id-2")
    edited = structs.replace(
        event, message=json.dumps(RECORD | {"eventID": value, "awsRegion": "x"})
    )
    assert event_key(event) == event_key(edited)
    assert len({event_key(one) for one in (event, moved, renumbered)}) == 3


def test_key_of_a_line_is_its_id() -> None:
    """A line of a file is known by the id that its decoder made of path, number and text."""
    ids = ["a.log:1:aa", "a.log:2:aa", "b.log:1:aa", "a.log:1:bb"]
    assert len({event_key(LogEvent("denied", one)) for one in ids}) == 4
    assert event_key(LogEvent("denied", ids[0])) == event_key(LogEvent("granted", ids[0]))


@given(st.lists(st.text()), st.lists(st.text()))
@example(["a", "b"], ["ab"])
@example(["a", ""], ["a"])
@example(['a", "b'], ["a", "b"])
def test_digest_tells_lists_apart(left: list[str], right: list[str]) -> None:
    """Two lists of texts have one digest only if they are the same list."""
    assert (left == right) == (digest(*left) == digest(*right))


MESSAGES = [
    ('{"eventName": "StopLogging", "errorCode": null}', False),
    ('{"eventName": "StopLogging", "eventTime": null}', True),
    ('{"eventVersion": "1.11", "eventID": "x", "insightDetails": {}}', True),
    ('{"eventID": "x", "eventTime": "2026-03-14T02:05:12Z", "userIdentity": {}}', False),
    ('\n {"eventName": 1, "eventID": 2} \n', True),
    ('{"eventName": "a", "\\u0065ventID": "x"}', True),
    ('{"eventName": "a", "eventID": "x", "n": 1e999}', True),
    (f'{{"eventName": "a", "eventID": "x", "n": {"9" * 5_000}}}', True),
    ('{"eventName": "a", "eventID": "x", "t": "\\ud800"}', True),
    (f'{{"eventName": "a", "eventID": "x", "t": {"[" * 600}{"]" * 600}}}', True),
    (f'{{"eventName": "a", "eventID": "x", "t": {"[" * 100_000}{"]" * 100_000}}}', False),
    ('{"eventName": "a", "eventID": "x", "n": NaN}', False),
    ('{"eventName": "a", "eventID": "x", "n": 01}', False),
    ('{"eventName": "a", "eventID": "x", "t": "\\q"}', False),
    ('{"eventName": "a", "eventID": "x"', False),
    ('{"eventName": "a", "eventID": "x"} {}', False),
    ('[{"eventName": "a", "eventID": "x"}]', False),
    ('"{}"', False),
    ("", False),
    ("StopLogging eventID", False),
]


@pytest.mark.parametrize(("message", "holds"), MESSAGES, ids=lambda value: str(value)[:60])
def test_message_holds_a_record(message: str, holds: bool) -> None:  # noqa: FBT001  a verdict
    """A record is a JSON object that names its event, and one thing more of CloudTrail's."""
    assert (holds, holds) == (glance(message) is not None, read_record(message) is not None)


NAMES = ["eventVersion", "eventName", "eventSource", "eventTime", "eventID", "userIdentity", "x"]
SCALARS = st.sampled_from(
    ["null", "1e999", "-0", "1" * 400, '"2026-03-14T02:05:12Z"', '"\\udfff"', '"\\q"', '"é"', "NaN"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        inner.map(lambda item: f'{{"a": {item}}}'),
    ),
    max_leaves=5,
)
OBJECTS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6).map(
    lambda pairs: "{" + ", ".join(f'"{name}": {value}' for name, value in pairs) + "}"
)


@given(st.one_of(OBJECTS, st.text(), OBJECTS.map(lambda text: text[:-1])))
@example('{"eventName": "a", "eventTime": "2026-03-14T02:05:12Z", "eventTime": null}')
def test_glance_agrees_with_reading(message: str) -> None:
    """A glance finds a record, and its time, exactly where reading the whole does."""
    record = read_record(message)
    seen = glance(message)
    assert (record is None) == (seen is None)
    if record is not None and seen is not None:
        assert parse_time(record.text("eventTime")) == seen.time


JSON_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"eventName": JSON_VALUES, "eventID": JSON_VALUES},
        optional=dict.fromkeys(
            (
                "eventTime",
                "errorCode",
                "eventSource",
                "userIdentity",
                "responseElements",
                "recipientAccountId",
                "requestParameters",
            ),
            JSON_VALUES,
        ),
    )
)
def test_odd_fields_are_no_error(fields: dict[str, object]) -> None:
    """Whatever the fields of a record are, every question about it has an answer in text."""
    event = LogEvent(json.dumps(fields), "1", 7, Origin(OWNER))
    record = read_record(event.message)
    assert record is not None
    names = (*FACETS, "$.requestParameters", "$.userIdentity.arn", "$.no.such")
    texts = [facet(record, event, name) for name in names]
    texts += [record.outcome, record.error_code, event_key(event)]
    assert all(type(text) is str for text in texts)
    assert event_time(event, STARTED) >= 0


def test_facets() -> None:
    """A name of group_by gives what the record says; a selector gives JSON of what is no text."""
    event = logged(requestParameters={"bucketName": "logs", "port": 22, "tags": {"b": 1, "a": 2}})
    record = read_record(event.message)
    assert record is not None
    expected = {
        "actor": "arn:aws:iam::111122223333:user/alice",
        "account": "111122223333",
        "region": "us-east-1",
        "source_ip": "198.51.100.7",
        "event_name": "CreateUser",
        "event_source": "iam.amazonaws.com",
        "$.requestParameters.bucketName": "logs",
        "$.requestParameters.port": "22",
        "$.requestParameters.tags": '{"a": 2, "b": 1}',
        "$.requestParameters.none": "",
        "$.eventName.below": "",
    }
    assert expected == {name: facet(record, event, name) for name in expected}
    assert set(FACETS) <= set(expected)


def test_facet_of_a_value_nested_too_deep() -> None:
    """A value that nothing can write down gives a text too."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    found = facet(Record({"requestParameters": deep}), logged(), "$.requestParameters")
    assert found == "(nested too deep)"


def test_text_of_an_unusual_number() -> None:
    """A number is no text, even in a record that holds more than most decoders read."""
    record = read_record('{"eventName": 5, "eventID": "x", "n": 1e999}')
    assert record is not None
    assert ("", "x") == (record.text("eventName"), record.text("eventID"))


@pytest.mark.parametrize(
    ("since", "until", "inside"),
    [
        (None, None, True),
        (STARTED, None, True),
        (STARTED + 1, None, False),
        (None, STARTED, False),
        (None, STARTED + 1, True),
        (STARTED, STARTED + 1, True),
    ],
)
def test_range_of_time(since: int | None, until: int | None, *, inside: bool) -> None:
    """A range holds its beginning, not its end; what has no time is of the start of the run."""
    assert inside == in_range(LogEvent("x"), since, until, STARTED)
