"""How messages are read as JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

import pattern_strategies as strategies
from trailbell.pattern.document import MAX_NESTING, Number, decode

if TYPE_CHECKING:
    from trailbell.pattern.document import Value


def _kinds(value: Value) -> object:
    """Give a value with the kinds of its parts, which equality alone does not see."""
    if isinstance(value, dict):
        return {key: _kinds(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_kinds(inner) for inner in value]
    return type(value), value


@given(strategies.json_objects())
@settings(deadline=None, max_examples=200, print_blob=True)
def test_standard_library_agrees(text: str) -> None:
    """A JSON object is what the standard library reads, numbers as they are written."""
    assert _kinds(json.loads(text, parse_int=Number, parse_float=Number)) == _kinds(decode(text))


def test_numbers_are_kept() -> None:
    """A number keeps its text, and is told apart from a text."""
    document = decode('{"a": 1.50, "b": "1.50", "c": -0, "d": 1E+5}')

    assert document is not None
    assert ["1.50", "1.50", "-0", "1E+5"] == list(document.values())
    assert [Number, str, Number, Number] == list(map(type, document.values()))


@pytest.mark.parametrize("opener", ["[", '{"a":'])
def test_nesting(opener: str) -> None:
    """A message may be nested to the bound and no deeper, however much of the stack is left."""
    closer = "]" if opener == "[" else "}"

    def nested(levels: int) -> str:
        # The empty arrays make more brackets than levels.
        return '{"y":[[],[]],"x":' + opener * (levels - 1) + "1" + closer * (levels - 1) + "}"

    assert decode(nested(MAX_NESTING)) is not None
    assert decode(nested(MAX_NESTING + 1)) is None
    assert decode(nested(100 * MAX_NESTING)) is None


def test_brackets_in_texts_are_no_nesting() -> None:
    """Brackets within texts do not count for the nesting."""
    text = '{"a": "' + '[{\\"' * 5000 + '", "b": [' + "[]," * 5000 + "1]}"

    assert decode(text) is not None


def test_stack_is_not_needed() -> None:
    """A message within the bound is read where most of the stack is used up."""
    text = '{"x":' + "[" * (MAX_NESTING - 1) + "]" * (MAX_NESTING - 1) + "}"

    def called_deep(levels: int) -> bool:
        return called_deep(levels - 1) if levels else decode(text) is not None

    assert called_deep(sys.getrecursionlimit() // 2)


def test_last_of_duplicates() -> None:
    """The last of duplicate keys wins."""
    text = '{"a": {"b": 1}, "a": [], "c": 1, "a": {"d": null}}'

    assert {"a": {"d": None}, "c": "1"} == decode(text)


def test_lone_surrogates() -> None:
    """A lone surrogate is read as it is."""
    assert {"a": "\ud800", "b": "\U0001f600"} == decode('{"a": "\\ud800", "b": "\\ud83d\\ude00"}')
