"""Patterns as values."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

import trailbell.pattern
from trailbell.pattern import Message, Pattern, compile_pattern
from trailbell.pattern.document import decode

TEXTS = ["", "a -b", "%a+%", "{ $.a = %x% && $.b != 1 }", "[a = 1, ..., b > 2]"]


@pytest.mark.parametrize("text", TEXTS)
def test_text(text: str) -> None:
    """The text of a pattern is what it was compiled from."""
    padded = f" {text} "

    assert padded == str(compile_pattern(padded))
    assert f"Pattern({padded!r})" == repr(compile_pattern(padded))


@pytest.mark.parametrize("text", TEXTS)
def test_copies(text: str) -> None:
    """A pattern that is pickled or copied is the same pattern with the same text."""
    pattern = compile_pattern(text)

    for other in (
        pickle.loads(pickle.dumps(pattern)),  # noqa: S301 - own data
        copy.deepcopy(pattern),
        Pattern(text),
    ):
        assert pattern == other
        assert text == str(other)
        assert pattern.matches("a 3") is other.matches("a 3")


def test_pickles_by_text() -> None:
    """A pickled pattern is little more than its text."""
    assert b"$.a = 1" in pickle.dumps(compile_pattern("{ $.a = 1 }"))
    assert len(pickle.dumps(compile_pattern("{ $.a = 1 }"))) < 100


def test_equality() -> None:
    """A pattern equals patterns alone."""
    pattern = compile_pattern("a")

    assert pattern != "a"
    assert {pattern, compile_pattern(" a ")} == {pattern}


def test_error_change() -> None:
    """A pattern cannot be changed."""
    pattern = compile_pattern("a")

    with pytest.raises(AttributeError, match="a pattern cannot be changed: root"):
        pattern.root = compile_pattern("b").root  # type: ignore[misc]
    with pytest.raises(AttributeError, match="a pattern cannot be changed: _text"):
        del pattern._text
    with pytest.raises(AttributeError, match="a pattern cannot be changed: other"):
        pattern.other = 1


def test_error_type() -> None:
    """A pattern that is no text is a mistake of the program, not of its user."""
    with pytest.raises(TypeError, match="a pattern is a str, not bytes"):
        compile_pattern(b"a")  # type: ignore[arg-type]


def test_threads() -> None:
    """Threads that share patterns and a message get the answers that one gets."""
    patterns = [compile_pattern(f"{{ $.n >= {n} && $.t = %^x{{3}}% }}") for n in range(50)]
    message = Message('{"n": 25, "t": "xxxx"}')
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda pattern: pattern.matches(message), patterns * 20))

    assert ([True] * 26 + [False] * 24) * 20 == answers


def test_message_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message is read as JSON once, however many patterns look at it."""
    reads: list[str] = []

    def counted(text: str) -> object:
        reads.append(text)
        return decode(text)

    monkeypatch.setattr("trailbell.pattern.message.decode", counted)
    message = Message(b'{"a": 1}')
    answers = [compile_pattern(f"{{ $.a = {n} }}").matches(message) for n in range(3)]

    assert [False, True, False] == answers
    assert ['{"a": 1}'] == reads


def test_bytes_are_mended() -> None:
    """Bytes that are not UTF-8 count as U+FFFD, and hide nothing else."""
    assert compile_pattern("disk").matches(b"\xff\xfe disk \xc3")
    assert compile_pattern('"\ufffd"').matches(b"\xff")
    assert compile_pattern('{ $.a = "x\ufffd" }').matches(b'{"a": "x\xff"}')
    assert {"$a": "\ufffd", "$b": "y"} == compile_pattern("[a, b]").extract(b"\xff y")


def test_no_host_is_known() -> None:
    """The language imports nothing of the rest of the program but the errors."""
    package = trailbell.pattern.__path__[0]
    import ast
    from pathlib import Path

    imported = {
        node.module
        for path in Path(package).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("trailbell")
    }

    assert {"trailbell.errors"} == {
        name for name in imported if not name.startswith("trailbell.pattern")
    }
