"""The tables of the language, and the reference that shares no code with it."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_reference as reference
import pattern_strategies as strategies
from trailbell.pattern import Message, PatternSyntaxError, compile_pattern

CASES = Path(__file__).parent / "cases"
BORDERS = Path(__file__).parent / "borders"


def _cases() -> list[Any]:
    """Read the tables: for a pattern the messages that it matches, and those that it does not."""
    found = []
    for table in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(table.read_text())["case"]:
            for expected in (True, False):
                for number, message in enumerate(case.get("yes" if expected else "no", [])):
                    name = f"{table.stem}: {case['name']} ({'yes' if expected else 'no'} {number})"
                    found.append(pytest.param(case["pattern"], message, expected, id=name))
    return found


@pytest.mark.parametrize(("pattern", "message", "expected"), _cases())
def test_case(pattern: str, message: str, expected: bool) -> None:  # noqa: FBT001 - a column
    """A pattern gives the answer of the table, for text and for bytes."""
    compiled = compile_pattern(pattern)

    assert expected is compiled.matches(message)
    assert expected is compiled.matches(message.encode())
    assert expected is (compiled.extract(message) is not None)
    assert expected is compiled.explain(message).held


def test_case_names() -> None:
    """Every case of the tables has a name of its own."""
    names = [case.id for case in _cases()]

    assert len(set(names)) == len(names)


def _borders(kind: str) -> list[Any]:
    """Read the tables of borders: the patterns "accepted" with their messages, or "rejected"."""
    found = []
    for path in sorted(BORDERS.glob("*.toml")):
        rows = tomllib.loads(path.read_text()).get(kind, [])
        for pattern in rows:
            values = (pattern, rows[pattern]) if isinstance(rows, dict) else (pattern,)
            found.append(pytest.param(*values, id=f"{path.stem}: {pattern}"))
    return found


@pytest.mark.parametrize(("pattern", "row"), _borders("accepted"))
def test_border(pattern: str, row: dict[str, Any]) -> None:
    """A pattern gives the answers of the table of borders, for text and for bytes."""
    compiled = compile_pattern(pattern)
    for message, extracted in row.get("extracts", {}).items():
        assert extracted == compiled.extract(message) == compiled.extract(message.encode())
    for key, expected in (("yes", True), ("no", False)):
        for message in row.get(key, ()):
            assert (expected, message) == (compiled.matches(message), message)
            assert expected is compiled.matches(message.encode())
            assert expected is compiled.explain(message).held


@pytest.mark.parametrize("pattern", _borders("rejected"))
def test_error_border(pattern: str) -> None:
    """A pattern just past what the language has is refused when it is compiled."""
    with pytest.raises(PatternSyntaxError):
        compile_pattern(pattern)


def _extractions() -> list[Any]:
    """Read the table of what space-delimited patterns extract."""
    table = tomllib.loads((Path(__file__).parent / "extractions.toml").read_text())["case"]
    return [
        pytest.param(*map(case.get, ("pattern", "message", "extracted")), id=case["name"])
        for case in table
    ]


@pytest.mark.parametrize(("pattern", "message", "extracted"), _extractions())
def test_extraction(pattern: str, message: str, extracted: dict[str, str]) -> None:
    """A pattern extracts the fields of the table, in their order."""
    found = compile_pattern(pattern).extract(message)

    assert found is not None
    assert list(extracted.items()) == list(found.items())


@given(st.data())
@settings(deadline=None, max_examples=600, print_blob=True)
def test_json_reference(data: st.DataObject) -> None:
    """JSON patterns give the answers of the reference."""
    part = data.draw(st.one_of(strategies.json_patterns, strategies.lone_regexes))
    text = "{" + data.draw(strategies.written(part)) + "}"
    message = data.draw(strategies.json_messages)

    assert reference.json_matches(part, message) is compile_pattern(text).matches(message)


@given(st.data())
@settings(deadline=None, max_examples=400, print_blob=True)
def test_fields_reference(data: st.DataObject) -> None:
    """Space-delimited patterns extract what the reference extracts."""
    fields = data.draw(strategies.fields())
    text = data.draw(strategies.written_fields(fields))
    message = data.draw(strategies.line_messages)

    assert reference.fields_extract(fields, message) == compile_pattern(text).extract(message)


@given(st.data())
@settings(deadline=None, max_examples=300, print_blob=True)
def test_terms_reference(data: st.DataObject) -> None:
    """Unstructured patterns give the answers of the reference."""
    terms = data.draw(strategies.terms)
    text = data.draw(strategies.written_terms(terms))
    message = data.draw(st.one_of(strategies.line_messages, strategies.json_messages))

    assert reference.terms_match(terms, message) is compile_pattern(text).matches(message)


def _any_pattern() -> st.SearchStrategy[str]:
    """Draw the text of a legal pattern of any form."""
    return st.one_of(
        strategies.json_patterns.flatmap(strategies.written).map("{{ {} }}".format),
        strategies.fields().flatmap(strategies.written_fields),
        strategies.terms.flatmap(strategies.written_terms),
        st.sampled_from([f"%{body}%" for body in strategies.REGEXES]),
    )


@given(_any_pattern(), st.one_of(st.text(st.characters()), st.binary(), strategies.json_messages))
@settings(deadline=None, max_examples=400, print_blob=True)
def test_no_message_crashes(text: str, message: str | bytes) -> None:
    """Whatever a message is, matching, extracting and explaining agree and raise nothing."""
    pattern = compile_pattern(text)
    read = Message(message)

    assert pattern.matches(message) is pattern.matches(read)
    assert pattern.matches(message) is (pattern.extract(read) is not None)
    assert pattern.matches(message) is pattern.explain(read).held


HOSTILE = {
    "deep arrays": '{"a":' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "never closed": '{"a":' * 100_000,
    "huge exponent": '{"a":1e999999999999999999}',
    "tiny exponent": '{"a":1e-999999999999999999}',
    "long integer": '{"a":' + "7" * 100_000 + "}",
    "long fraction": '{"a":0.' + "7" * 100_000 + "}",
    "lone surrogate": '{"a":"\\udc00"}',
    "surrogate in the message": "\udc00",
    "open brackets": "[ " * 100_000,
    "open quotes": '"' + "[ " * 100_000,
    "escaped quotes": '{"a":"' + '\\"' * 100_000,
    "not a number": '{"a":NaN}',
    "nul": "\0",
    "nothing": "",
}
PATTERNS = [
    "foo -bar", "%7{3}x%", "{ $.a = 7* }", "{ $.a > 0 }", "{ $.a != 1 }", "{ $.a = %^7*$% }",
    "{ $.a.a[0] IS NULL }", "{ $.*.a NOT EXISTS }", "[x = 7*, ...]", "[..., x > 7]",
]  # fmt: skip


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile(message: str) -> None:
    """No message of a hostile kind crashes a pattern of any form, or takes it long."""
    read = Message(message)
    for text in PATTERNS:
        pattern = compile_pattern(text)
        assert pattern.matches(message) is pattern.explain(read).held


def test_deep_caller() -> None:
    """A message that is nested deep is read also where the caller has used up most of the stack."""
    pattern = compile_pattern("{ $.b NOT EXISTS }")
    message = '{"a":' + "[" * 800 + "]" * 800 + "}"

    def called_deep(levels: int) -> bool:
        return called_deep(levels - 1) if levels else pattern.matches(message)

    assert called_deep(sys.getrecursionlimit() * 3 // 5)
