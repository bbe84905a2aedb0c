"""The borders of JSON values."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell import json_scan as scan
from trailbell.errors import UnreadableError

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just('"[{\\'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
spaces = st.text(" \t\r\n", max_size=3)


def depth_of(value: object) -> int:
    """Count how deep a value is nested."""
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@given(values, spaces)
def test_a_value_ends_where_it_ends(value: object, tail: str) -> None:
    """The span of a value is the value, whatever follows."""
    text = json.dumps(value).encode()
    span = scan.value(text + b"," + tail.encode(), 0)
    assert scan.Span(0, len(text)) == span


def test_brackets_are_taken_in_runs() -> None:
    """A megabyte of brackets costs two steps, and the value ends with the bracket that ends it."""
    nested = b"[" * 500_000 + b"]" * 500_000
    assert 2 == len(list(scan._TOKEN.finditer(nested)))
    assert scan.Span(0, len(nested)) == scan.value(nested + b"]]", 0)


@given(values, st.integers(0, 6))
def test_depth_is_counted_outside_texts(value: object, limit: int) -> None:
    """A value is deeper than a limit where its nesting is, brackets in texts aside."""
    assert (depth_of(value) > limit) == scan.deeper(json.dumps(value).encode(), limit)


@given(st.lists(st.tuples(st.dictionaries(st.text(), values), spaces)))
def test_objects_are_told_apart_without_a_delimiter(parts: list[tuple[object, str]]) -> None:
    """Objects with white space or nothing between them are found one by one."""
    text = "".join(json.dumps(value, indent=1) + space for value, space in parts).encode()
    found = [json.loads(text[span.start : span.end]) for span in scan.objects(text)]
    assert [value for value, _ in parts] == found


@given(st.lists(values), st.sampled_from([None, 1]))
def test_elements_of_an_array_are_found(array: list[object], indent: int | None) -> None:
    """Every element of an array is found, in its order."""
    text = json.dumps(array, indent=indent).encode()
    found = [json.loads(text[span.start : span.end]) for span in scan.elements(text, 0)]
    assert array == found


@given(st.dictionaries(st.text(), values), st.sampled_from([None, 1]))
def test_members_of_an_object_are_found(value: dict[str, object], indent: int | None) -> None:
    """Every key of an object is found, and where its value begins."""
    text = json.dumps(value, indent=indent).encode()
    found = {}
    for key, start in scan.members(text, 0):
        span = scan.value(text, start)
        found[key] = json.loads(text[span.start : span.end])
    assert value == found


@pytest.mark.parametrize("text", [b'{"a": 1', b'{"a": [1}', b'{"a', b'{"a": "}', b"{", b'{"a": {'])
def test_error_more_could_follow(text: bytes) -> None:
    """An object that is not closed may be finished by what follows."""
    with pytest.raises(scan.UnfinishedError) as caught:
        list(scan.objects(text))
    assert f"is not JSON: it breaks off after {len(text)} bytes" == str(caught.value)


@pytest.mark.parametrize(
    ("text", "at"), [(b"{} x", 3), (b"{}[]", 2), (b"x", 0), (b"}", 0), (b'{"a": "\\""} "', 12)]
)
def test_error_something_else_stands_there(text: bytes, at: int) -> None:
    """What is no object between objects is refused, with its offset."""
    with pytest.raises(UnreadableError) as caught:
        list(scan.objects(text))
    assert f"is not JSON from byte {at} on" == str(caught.value)


@pytest.mark.parametrize(
    ("text", "at"),
    [(b"{1: 2}", 1), (b'{"a" 1}', 5), (b'{"a": }', 6), (b'{"a": 1 "b": 2}', 8), (b'{"a": 1,}', 8)],
)
def test_error_members(text: bytes, at: int) -> None:
    """What is no member of an object is refused, with its offset."""
    with pytest.raises(UnreadableError) as caught:
        list(scan.members(text, 0))
    assert f"is not JSON from byte {at} on" == str(caught.value)


@given(st.binary() | st.text('{}[]",:\\ a1\n').map(str.encode))
def test_no_bytes_break_the_scanner(text: bytes) -> None:
    """Any bytes are scanned or refused with an UnreadableError."""
    for scanner in (scan.objects, lambda t: scan.members(t, 0), lambda t: scan.elements(t, 0)):
        try:
            list(scanner(text))
        except UnreadableError as exc:
            assert str(exc)  # noqa: PT017 - either outcome is right
