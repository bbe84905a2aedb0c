"""What is read of a record answers as the whole record does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pattern_strategies as drawn
from trailbell.engine.parts import Parts
from trailbell.pattern import Message, compile_pattern

NAMED = compile_pattern("{ $.a.b = x || $.c NOT EXISTS }")


def read(message: str) -> object:
    """Read of a message what one pattern looks at."""
    found = part(Parts([NAMED.root]), message)
    return None if found is None else found.document


def part(parts: Parts, message: str) -> Message | None:
    """Read of a message what the first of some rules looks at."""
    record = parts.decoded(message)
    return None if record is None else parts.read(message, record, 1)


def test_only_what_is_looked_at_is_read() -> None:
    """The fields that a pattern names are read as the language reads them."""
    assert {"a": {"b": "1.50"}, "c": "\u00e9"} == read(
        '{"z":[1], "c":"\\u00e9", "a":{"z":{}, "b" : 1.50}, "b":2}'
    )


def test_of_a_name_that_stands_twice_the_last_value_is_read() -> None:
    """So does the language read it."""
    assert {"a": {"b": "2"}} == read('{"a":{"b":"x"},"\\u0061":{"b":1,"b":"2"}}')
    assert {"a": {}} == read('{"a":{"b":"x"},"a":{"c":1}}')
    assert {"a": None} == read('{"a":{"b":"x"},"a":null}')


def test_what_is_within_a_field_that_another_rule_reads_is_read_with_it() -> None:
    """Two rules can look at a field and at one in it; so can one."""
    both = compile_pattern("{ $.a.b = x || $.a IS NULL }")
    for roots in ([NAMED.root, both.root], [both.root]):
        found = part(Parts(roots), '{"a":{"b":"x","d":[1]}}')
        assert found is not None
        assert {"a": {"b": "x", "d": ["1"]}} == found.document


def test_a_long_way_to_a_field() -> None:
    """However many names lead to a field, it is found."""
    long = compile_pattern("{ $" + ".a" * 100 + " = x }")
    message = '{"a":' * 100 + '"x"' + "}" * 100
    found = part(Parts([long.root], [("a",) * 100]), message)
    assert found is not None
    assert long.matches(found)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "no JSON",
        '{"a":{}} x',
        '{"z":01,"a":{}}',
        '{"z":"\\ud800","a":{}}',
        '{"a":"no object"}',
        '{"z":' + "[" * 1000 + "]" * 1000 + "}",
        '{"z":[' + "{}," * 1000 + "0]}",
    ],
)
def test_what_needs_the_whole_message_is_not_read_in_part(message: str) -> None:
    """What the fast decoder refuses, or may be nested too deep, is left to the plain evaluation."""
    assert read(message) is None


def test_what_looks_at_everything_is_not_cuttable() -> None:
    """A wildcard at the top, and patterns that are not for JSON, need the whole message."""
    texts = ["{ $.* = x }", "{ $.a = x && $.*.b = y }", "term", "[a, b]", "%x%", "{ $.a[*] = x }"]
    assert 0b100000 == Parts([compile_pattern(text).root for text in texts]).cuttable


@given(
    drawn.json_patterns.flatmap(drawn.written).map(lambda text: f"{{{text}}}"),
    st.one_of(drawn.json_objects(), drawn.line_messages),
)
def test_a_part_answers_as_the_whole(pattern: str, message: str) -> None:
    """Wherever a message can be read in part, the pattern holds on both or on neither."""
    compiled = compile_pattern(pattern)
    parts = Parts([compiled.root])
    if not parts.cuttable:
        return
    for found in (part(parts, message), parts.read_plain(message, 1)):
        if found is not None:
            assert compiled.matches(message) == compiled.matches(found)


@given(drawn.json_objects())
def test_what_is_plain_is_read_alike(message: str) -> None:
    """Of texts, booleans and null the sooner way reads what the other way reads."""
    parts = Parts([NAMED.root])
    plain, found = parts.read_plain(message, 1), part(parts, message)
    if plain is not None:
        assert found is not None
        assert found.document == plain.document


def test_what_is_not_plain_is_left_to_the_other_way() -> None:
    """A number, a list or an object is not read in the sooner way, nor is what must be whole."""
    parts = Parts([NAMED.root])
    plain = parts.read_plain('{"c":true,"a":{"b":"x"},"z":[1]}', 1)
    assert plain is not None
    assert {"c": True, "a": {"b": "x"}} == plain.document
    for value in ("1", "[]", "{}"):
        assert parts.read_plain(f'{{"c":{value}}}', 1) is None
    assert parts.read_plain('{"a":"x"}', 1) is None
    assert parts.read_plain('{"z":[' + "{}," * 1000 + "0]}", 1) is None


@given(st.data())
def test_what_is_read_in_part_is_json(data: st.DataObject) -> None:
    """What the fast decoder takes is JSON to the language as well, whatever is wrong with it."""
    text = list('{"b":"x\\u0041","c":[-1.5e3,true,null,{"d":"\\"q\\""}],"a":{"b":"x"}}')
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from([*'{}[]",:\\u01eE+-.atrn \t\n\x01\xa0', ""]))
    message = "".join(text)
    found = part(Parts([NAMED.root]), message)
    if found is not None:
        always = compile_pattern("{ $.nothing NOT EXISTS }")
        assert always.matches(message)
        assert NAMED.matches(message) == NAMED.matches(found)
