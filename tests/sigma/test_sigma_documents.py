"""Files of Sigma rules, whoever wrote them."""

from __future__ import annotations

import io
import time

import pytest

pytest.importorskip("sigma.rule", reason="pySigma is not installed: the extra sigma")

from trailbell.errors import UnreadableError
from trailbell.sigma.documents import MAX_BYTES, Document, documents_of


def read(text: str | bytes) -> tuple[Document, ...]:
    """Read the documents of a text."""
    data = text.encode() if isinstance(text, str) else text
    return documents_of("rules.yml", io.BytesIO(data))


def test_documents_are_told_apart() -> None:
    """Each document has the line of its first word; comments and directives are none."""
    text = "\ufeff# rules\n%YAML 1.2\n---\n\ntitle: one\n---\n# no more\n--- {title: two}\n...\n"
    assert (
        Document("rules.yml", 5, {"title": "one"}),
        Document("rules.yml", 8, {"title": "two"}),
    ) == read(text)


def test_a_broken_document_leaves_the_others() -> None:
    """What is wrong with a document is told in it."""
    broken = ["- 1", "a: 1\na: 2", "{[1]: 2}", "!!python/name:os.x 1\n"]
    text = "\n---\n".join(["title: [", "title: two", *broken])
    found = [(one.line, one.title, bool(one.problem)) for one in read(text)]
    assert [
        (1, "", True),
        (3, "two", False),
        (5, "", True),
        (7, "", True),
        (10, "", True),
        (12, "", True),
    ] == found


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"title: \xff", "it is not UTF-8 text, at byte 7"),
        (b" " * (MAX_BYTES + 1), "it holds more than 4,194,304 bytes"),
    ],
    ids=["bytes", "size"],
)
def test_error_unreadable(data: bytes, reason: str) -> None:
    """A file that is too large, or no text, is not read at all."""
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert reason == str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 100_000, "it nests deeper than 40 levels"),
        ("{a: " * 100_000, "it nests deeper than 40 levels"),
        ("".join(f"{' ' * n}a:\n" for n in range(1_000)), "it nests deeper than 40 levels"),
        ("a: &a {b: 1}\nc:\n  <<: *a\n", 'it merges tables with "<<", which no Sigma rule needs'),
        ("a: \x00", "it is no YAML"),
        ("a: " + "9" * 10_000, "it is no YAML"),
    ],
    ids=["lists", "tables", "blocks", "merge", "control", "number"],
)
def test_hostile_documents(text: str, problem: str) -> None:
    """Nesting, merging and odd values are told, and cost next to nothing."""
    start = time.perf_counter()
    (found,) = read(text)
    assert found.problem.startswith(problem)
    assert time.perf_counter() - start < 5
