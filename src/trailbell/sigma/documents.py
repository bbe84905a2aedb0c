"""Files → YAML documents. Whoever wrote them may mean harm: nothing here can be made to explode.

A file is cut where a line begins with three hyphens, which YAML has nowhere but between documents,
so that a broken document leaves the others whole. https://yaml.org/spec/1.2.2/#91-documents
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import yaml
from sigma.rule.base import SigmaYAMLLoader

from trailbell.errors import UnreadableError
from trailbell.preview import lowered, one_line

MAX_BYTES = 4 * 1024 * 1024
"""How large a file can be: a thousand rules in one."""

MAX_DEPTH = 40
"""How deep a document can nest. The loader recurses in C, so that deeper ones would end it."""

_MAX_SAID = 300


@dataclass(frozen=True, slots=True)
class Document:
    """Hold one document of a file: where it begins, and its content, or what is wrong with it."""

    path: str
    line: int
    content: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def title(self) -> str:
        """Return the title, empty where there is none."""
        return _text_at(self.content, "title", 150)

    @property
    def id(self) -> str:
        """Return the id, empty where there is none."""
        return _text_at(self.content, "id", 80)


def _text_at(content: dict[str, Any], key: str, longest: int) -> str:
    value = content.get(key)
    return one_line(value, longest) if isinstance(value, str) else ""


def documents_of(path: str, stream: BinaryIO) -> tuple[Document, ...]:
    """Return the documents of a file; what is wrong with one is told in it.

    Raises UnreadableError where the file as a whole cannot be read.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"it holds more than {MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"it is not UTF-8 text, at byte {error.start}") from error
    return tuple(_document(path, line, chunk) for line, chunk in _chunks(text))


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Give the documents of a text that say anything, each with the line on which it begins."""
    start, lines = 1, list[str]()
    for number, line in enumerate([*text.split("\n"), "---"], 1):
        if line.startswith("---") and line.split()[0] == "---":
            said = next((at for at, one in enumerate(lines) if _says_something(one)), None)
            if said is not None:
                yield start + said, "\n".join(lines)
            start, lines = number, []
        lines.append(line)


def _says_something(line: str) -> bool:
    """Say whether a line is more than a comment, a directive or the sign between documents."""
    return not line.startswith("%") and line.partition("#")[0].strip() not in {"", "---", "..."}


def _document(path: str, line: int, chunk: str) -> Document:
    """Read one document."""
    try:
        _check(chunk)
        # The loader is PyYAML's safe one; it refuses a key that stands twice as well.
        content = yaml.load(chunk, SigmaYAMLLoader)  # noqa: S506  see above
    except yaml.MarkedYAMLError as error:
        problem = f"it is no YAML: {error.problem or error.context}"
    except UnreadableError as error:
        problem = str(error)
    except (yaml.YAMLError, ValueError, TypeError, OverflowError) as error:
        # Such as a key that is a list, or a number of ten thousand digits.
        problem = f"it is no YAML: {lowered(str(error))}"
    else:
        if isinstance(content, dict):
            return Document(path, line, content)
        problem = "it is no table of keys and values"
    return Document(path, line, problem=one_line(problem, _MAX_SAID))


def _check(chunk: str) -> None:
    """Raise UnreadableError where a document nests deep, or merges tables into one another.

    Merged tables multiply, and are the one thing that the safe loader would not stop at.
    """
    depth = 0
    for event in yaml.parse(chunk, SigmaYAMLLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
            raise UnreadableError('it merges tables with "<<", which no Sigma rule needs')
        if depth > MAX_DEPTH:
            raise UnreadableError(f"it nests deeper than {MAX_DEPTH} levels")
