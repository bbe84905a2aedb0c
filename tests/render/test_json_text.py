"""Records as JSON that people read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.preview import UNPRINTABLE
from trailbell.render.json_text import (
    Number,
    compact_json,
    fitted_json,
    parse_json,
    pretty_json,
    record_value,
)

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=40)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(TEXTS, inner, max_size=5)),
    max_leaves=20,
)

PRETTY = """\
{
  "eventName": "StopLogging",
  "short": {"a": 1, "b": [true, null]},
  "long": {
    "name": "arn:aws:cloudtrail:eu-west-1:444455556666:trail/all",
    "empty": {}
  }
}"""


def texts_in(value: object) -> list[str]:
    """List the strings in a value."""
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in texts_in(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_in(item)]
    return [value] if isinstance(value, str) else []


def test_what_fits_on_a_line_is_on_one() -> None:
    """Objects are spread over lines only where they are longer than the width."""
    value = parse_json(json.dumps(json.loads(PRETTY)))
    assert PRETTY == pretty_json(value, 50)


@pytest.mark.parametrize("number", ["1", "-0", "1.0", "1e3", "1E999", "0.1000", "9" * 400])
def test_numbers_stay_as_written(number: str) -> None:
    """A number is shown digit for digit as it stands in the log."""
    assert f"[{number}]" == compact_json(parse_json(f"[{number}]"))


def test_a_key_that_is_there_twice_can_be_refused() -> None:
    """Of a key that is there twice the last holds, unless keys have to be there once."""
    text = '{"a": 1, "a": 2}'
    assert {"a": Number("2")} == parse_json(text)
    with pytest.raises(ValueError, match="a key is there twice"):
        parse_json(text, keys_once=True)


@given(VALUES, st.integers(10, 120))
def test_every_layout_reads_back_as_the_same_value(value: Any, width: int) -> None:  # noqa: ANN401
    """Compact and pretty JSON decode to what was given, and hold no character that hides."""
    source = json.dumps(value)
    for text in (compact_json(parse_json(source)), pretty_json(parse_json(source), width)):
        assert json.loads(source) == json.loads(text)
        assert set(UNPRINTABLE.findall(text)) <= {"\n"}


@settings(deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=8), st.integers(200, 2_000))
def test_fitted_json_fits_and_says_what_it_lost(value: dict[str, Any], room: int) -> None:
    """Fitted JSON has room, stays JSON, is whole where it can be, and else counts what is cut."""
    source = json.dumps(value)
    text, cut = fitted_json(parse_json(source), 88, room)
    assert len(text) <= room
    shown = json.loads(text)
    if cut == 0:
        assert value == shown
    else:
        assert len(compact_json(parse_json(source))) > room
        assert any("cut" in said for said in texts_in(shown))


def test_the_longest_values_are_shortened_first() -> None:
    """A long value is cut with a note, and what is short stays whole."""
    text, cut = fitted_json({"eventName": "X", "policy": "p" * 5_000}, 88, 1_000)
    shown = json.loads(text)
    assert "X" == shown["eventName"]
    kept, _, note = shown["policy"].partition("… ")
    assert f"{5_000 - len(kept):,} chars cut" == note
    assert 0 < cut < 5_000


def test_a_record_that_cannot_be_decoded_is_shown_as_text() -> None:
    """A message that nests beyond any decoder stands as one string, which is JSON as well."""
    message = "[" * 100_000
    text, _ = fitted_json(record_value(message), 88, 300)
    assert isinstance(json.loads(text), dict | str)
    assert len(text) <= 300
