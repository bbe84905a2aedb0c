"""TOML files read into typed structs, with errors in the words of who wrote the file."""

from __future__ import annotations

import bisect
import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from trailbell.durations import parse_duration
from trailbell.errors import ConfigurationError
from trailbell.preview import lowered, preview
from trailbell.toml_words import (
    close_matches,
    expected_words,
    fields_of,
    found_words,
    possible_fields_of,
    without_secrets,
)

T = TypeVar("T")

# How msgspec says where: "… - at `$.rule[0].name`", "… - at `key` in `$.destination`".
_AT = re.compile(
    r"(?P<text>.*) - at (?P<key>`key(?:\[\.\.\.\])?` in )?`\$?(?P<path>.*)`", re.DOTALL
)
_FIELD = re.compile(r"Object (contains unknown|missing required) field `(.*)`", re.DOTALL)
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]|\[(\.\.\.)\]")
_PLACE = re.compile(r"(?P<text>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)", re.DOTALL)
# A pattern in double quotes ends at its first text: pattern = "{ $.a = "b" }".
_QUOTES_IN_QUOTES = re.compile(r'\s*[\w."-]+\s*=\s*"[^"\\]*"[^"#,\s]')
_NAME_UNKNOWN = "..."
_QUOTES = str.maketrans("", "", "\"'")
_ITEM = 2  # steps to a table of a list, such as rule 3

# What may hold a line that only looks like a table: comments first, then texts, longest first.
_TEXT = re.compile(
    r"""#[^\n]*|'''.*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'[^'\n]*'|"(?:\\.|[^"\\\n])*\"""", re.DOTALL
)

Step = str | int
"""A key, or the number of an item in a list from 0."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """Hold a TOML file as it was read, to check it and to say where in it something is wrong."""

    path: Path
    text: str
    content: Mapping[str, Any]

    def convert(self, shape: type[T], *, planned: Mapping[str, str] | None = None) -> T:
        """Return the content as a msgspec struct.

        ``planned`` names keys that the format has but this version does not read yet, with what
        each is for: they are refused with those words. Raises ConfigurationError, whose text
        names the file, the line of the table, the key, what was expected and what was found.
        """
        try:
            return msgspec.convert(self.content, shape, strict=True)
        except msgspec.ValidationError as error:
            raise ConfigurationError(_told(self, shape, str(error), planned or {})) from error

    def at(self, *steps: Step) -> str:
        """Return the file, and the line of the table that the steps lead to where it has one."""
        match steps:
            case [str(table), int(number), *below]:
                line = _line_below(self.text, (table, number), below)
            case [str(table), str(name), *_]:
                headers = (f"[{table}.{name}]", f'[{table}."{name}"]', f"[{table}]")
                lines = (line_of_table(self.text, header) for header in headers)
                line = next(filter(None, lines), None)
            case _:
                line = None
        return f"{self.path}:{line}" if line else str(self.path)

    def place(self, *steps: Step) -> str:
        """Return the file, the line of the table that the steps lead to, and its name."""
        match steps:
            case [str(table), int(number), *below]:
                item = self.content[table][number]
                label = _label(table, number, item)
                match below:
                    case [str(part), int(place), *_] if isinstance(item[part][place], dict):
                        label += f": {_label(part, place, item[part][place])}"
            case [str(table), str(name), *_]:
                known = self.content.get(table)
                found = known.get(name) if isinstance(known, dict) else None
                label = f"{table} {found_words(name)}" if isinstance(found, dict) else table
            case _:
                return str(self.path)
        return f"{self.at(*steps)}: {label}"


def _label(table: str, number: int, item: object) -> str:
    """Call a table of a list by its name, else by its number from 1."""
    name = item.get("name") if isinstance(item, dict) else None
    return f"{table} {found_words(name) if isinstance(name, str) else number + 1}"


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file. Raises ConfigurationError where it cannot be read or is not TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"{path}: cannot be read: {lowered(reason)}") from error
    try:
        return TomlFile(path, text, tomllib.loads(text))
    except RecursionError as error:
        raise ConfigurationError(f"{path}: is not legal TOML: it nests too deep") from error
    except tomllib.TOMLDecodeError as error:
        at = _PLACE.fullmatch(str(error))
        where = f"{path}:{at['line']}:{at['column']}" if at else str(path)
        reason = lowered(at["text"] if at else str(error))
        line = text.split("\n")[int(at["line"]) - 1] if at else ""
        if _QUOTES_IN_QUOTES.match(line):
            reason += "; a text that holds quotes stands in single quotes: '…'"
        raise ConfigurationError(f"{where}: is not legal TOML: {reason}") from error
    except ValueError as error:
        # Python reads no whole number of more than 4,300 digits.
        raise ConfigurationError(f"{path}: holds a number of too many digits") from error


def load_toml(path: Path, shape: type[T], *, planned: Mapping[str, str] | None = None) -> T:
    """Read a TOML file into a msgspec struct: see ``read_toml`` and ``TomlFile.convert``."""
    return read_toml(path).convert(shape, planned=planned)


def duration_of(text: str, where: str) -> float:
    """Return a duration of a file in seconds; raise ConfigurationError naming ``where``."""
    try:
        seconds = parse_duration(text).total_seconds()
    except ValueError as error:
        raise ConfigurationError(f"{where}: {without_secrets(str(error))}") from error
    if seconds <= 0:
        raise ConfigurationError(f"{where}: expected a duration above 0, found {preview(text)}")
    return seconds


def line_of_table(text: str, header: str, number: int = 0) -> int | None:
    """Return the line, from 1, on which a table such as ``[[rule]]`` opens for the nth time.

    ``number`` counts from 0. None where it does not, such as for a table in braces.
    """
    found = _lines_of(text, header)
    return found[number] if number < len(found) else None


def _line_below(text: str, item: tuple[str, int], below: Sequence[Step]) -> int | None:
    """Return the line of a table in a list, or of the table in a list of its own below it."""
    table, number = item
    first, after = (line_of_table(text, f"[[{table}]]", one) for one in (number, number + 1))
    if first is None:
        written = _lines_of_braces(text, table)
        return written[number] if number < len(written) else None
    match below:
        case [str(part), int(place), *_]:
            lines = _lines_of(text, f"[[{table}.{part}]]")
            at = bisect.bisect(lines, first) + place
            inside = at < len(lines) and (after is None or lines[at] < after)
            return lines[at] if inside else first
    return first


@functools.lru_cache(maxsize=64)  # A pack asks hundreds of times where its tables stand.
def _lines_of(text: str, header: str) -> tuple[int, ...]:
    """Return the lines on which a table opens."""
    header = "".join(header.split()).translate(_QUOTES)
    return tuple(line for line, content in _headers(text) if content.startswith(header))


@functools.lru_cache(maxsize=8)
def _headers(text: str) -> tuple[tuple[int, str], ...]:
    """Return the lines that open a table, with their numbers from 1, without blanks and quotes."""
    # What looks like a header within a text of several lines is none.
    bare = _TEXT.sub(lambda found: found[0] if "\n" not in found[0] else _emptied(found[0]), text)
    lines = ("".join(content.split()).translate(_QUOTES) for content in bare.split("\n"))
    return tuple((line, content) for line, content in enumerate(lines, 1) if content[:1] == "[")


@functools.lru_cache(maxsize=8)
def _lines_of_braces(text: str, table: str) -> tuple[int, ...]:
    """Return the lines on which the tables in braces of a list at the top of a file open."""
    bare = _TEXT.sub(lambda found: _emptied(found[0]), text)
    begun = re.search(rf"^[ \t]*{re.escape(table)}[ \t]*=[ \t]*\[", bare, re.MULTILINE)
    if not begun:
        return ()
    lines, line, depth = [], bare.count("\n", 0, begun.end()) + 1, 1
    for sign in bare[begun.end() :]:
        if sign == "{" and depth == 1:
            lines.append(line)
        line += sign == "\n"
        depth += (sign in "[{") - (sign in "]}")
        if not depth:
            break
    return tuple(lines)


def _emptied(text: str) -> str:
    """Return the line ends of a text alone."""
    return "\n" * text.count("\n")


def _told(file: TomlFile, shape: Any, problem: str, planned: Mapping[str, str]) -> str:  # noqa: ANN401  a type
    """Word msgspec's complaint for the author of the file."""
    split = _AT.fullmatch(problem)
    complaint, trail = (split["text"], split["path"]) if split else (problem, "")
    steps: list[Step] = [
        int(index) if index else name or _NAME_UNKNOWN for name, index, _ in _STEP.findall(trail)
    ]
    if split and split["key"]:
        steps.append(_NAME_UNKNOWN)
    if _NAME_UNKNOWN in steps:
        unknown = steps.index(_NAME_UNKNOWN)
        steps[unknown] = _culprit(file, shape, problem, steps[:unknown])
    where = file.place(*steps)
    field = _FIELD.fullmatch(complaint)
    if field:
        known = possible_fields_of(shape, steps)
        return f"{where}: {_field_words(field[1], field[2], known, planned)}"
    if split and split["key"]:
        expected = expected_words(shape, [*steps[:-1], "key"])
        return f"{where}: expected {expected}, found {found_words(steps[-1])}"
    named = next((step for step in reversed(steps) if isinstance(step, str)), None)
    key = "" if named is None else f"key {found_words(named)}: "
    found: Any = file.content
    for step in steps:
        found = found[step]
    if len(steps) == _ITEM and isinstance(steps[-1], int):
        key = ""
    # Text where a table belongs may be the secret that the table should only point to.
    hides = isinstance(found, str) and fields_of(shape, steps)
    shown = "text" if hides else found_words(found)
    return f"{where}: {key}expected {expected_words(shape, steps)}, found {shown}"


def _field_words(kind: str, key: str, known: list[str], planned: Mapping[str, str]) -> str:
    """Say that a key is missing, is of a later version, or is none at all."""
    if kind == "missing required":
        return f'the key "{key}" is missing'
    if key in planned:
        return f'the key "{key}" ({planned[key]}) is not supported by this version yet'
    near = close_matches(key, known)
    return f"unknown key {found_words(key)}; " + (
        f"did you mean {near}?" if near else f"the keys are {', '.join(known)}"
    )


def _culprit(file: TomlFile, shape: type[T], problem: str, steps: Sequence[Step]) -> str:
    """Find the key of a table that msgspec complains of: its paths leave such names out.

    ``steps`` lead to the table.
    """
    table: Any = file.content
    for step in steps:
        table = table[step]
    for name, item in table.items():
        try:
            msgspec.convert(_put(file.content, steps, {name: item}), shape, strict=True)
        except msgspec.ValidationError as error:
            if str(error) == problem:
                return str(name)
    raise AssertionError(problem)


def _put(content: Any, steps: Sequence[Step], value: object) -> Any:  # noqa: ANN401  any TOML
    """Return a copy of what a file holds with something else where the steps lead."""
    if not steps:
        return value
    copied = content.copy()
    copied[steps[0]] = _put(content[steps[0]], steps[1:], value)
    return copied
