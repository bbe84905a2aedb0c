"""TOML files read into typed structs, with errors in the words of who wrote the file."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from trailbell.durations import parse_duration
from trailbell.errors import ConfigurationError
from trailbell.preview import preview

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

T = TypeVar("T")

_AT = re.compile(r"^(?P<text>.*?) - at `\$?(?P<path>.*)`$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_TYPES = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table",
    "null": "nothing",
}


def load_toml(path: Path, shape: type[T], *, planned: Mapping[str, str]) -> T:
    """Read a TOML file into a msgspec struct.

    ``planned`` names keys that the format has but this version does not read yet, with what each
    is for: they are refused with those words. Raises ConfigurationError, whose text names the
    file, the line or table, the key, what was expected and what was found.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"{path}: cannot be read: {reason}") from error
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path}: is not legal TOML: {error}") from error
    try:
        return msgspec.convert(content, shape, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigurationError(_told(path, text, content, str(error), planned)) from error


def duration_of(text: str, where: str) -> float:
    """Return a duration of a file in seconds; raise ConfigurationError naming ``where``."""
    try:
        seconds = parse_duration(text).total_seconds()
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}") from error
    if seconds <= 0:
        raise ConfigurationError(f'{where}: expected a duration above 0, found "{text}"')
    return seconds


def line_of_table(text: str, header: str, number: int = 0) -> int:
    """Return the line, from 1, on which a table such as ``[[rule]]`` opens for the nth time."""
    found = [
        line
        for line, content in enumerate(text.splitlines(), 1)
        if content.replace(" ", "").startswith(header)
    ]
    return found[number] if number < len(found) else 1


def _told(
    path: Path, text: str, content: Mapping[str, Any], problem: str, planned: Mapping[str, str]
) -> str:
    """Word msgspec's complaint for the author of the file."""
    split = _AT.match(problem)
    complaint, trail = (split["text"], split["path"]) if split else (problem, "")
    steps: list[str | int] = [int(index) if index else name for name, index in _STEP.findall(trail)]
    where = _place(path, text, content, steps)
    unknown = _UNKNOWN.fullmatch(complaint)
    if unknown:
        key = unknown[1]
        if key in planned:
            return f'{where}: the key "{key}" ({planned[key]}) is not supported by this version yet'
        return f'{where}: unknown key "{key}"; check its spelling in docs/rules.md'
    found = content
    for step in steps:
        try:
            found = found[step]  # type: ignore[index]  # the path may lead through lists
        except (KeyError, IndexError, TypeError):
            return f"{where}: {_lower(complaint)}"
    keys = [str(step) for step in steps if isinstance(step, str)]
    key = f'key "{keys[-1]}": ' if keys and not isinstance(found, dict) else ""
    shown = "" if isinstance(found, dict | list) else f", found {preview(found)}"
    return f"{where}: {key}{_expected(complaint)}{shown}"


def _place(path: Path, text: str, content: Mapping[str, Any], steps: list[str | int]) -> str:
    """Name the file, the line of the table and, for a rule, its name."""
    match steps:
        case [str(table), int(number), *_]:
            line = line_of_table(text, f"[[{table}]]", number)
            item = content[table][number]
            name = item.get("name") if isinstance(item, dict) else None
            return f"{path}:{line}: {table} {preview(name) if name else number + 1}"
        case [str(table), str(name), *_] if isinstance(content.get(table), dict):
            return f"{path}:{line_of_table(text, f'[{table}.{name}]')}: {table} {preview(name)}"
        case _:
            return str(path)


def _expected(complaint: str) -> str:
    """Put msgspec's types into words: ``Expected `str`, got `int``` becomes text in quotes."""
    wanted = re.match(r"Expected `([^`]+)`, got `[^`]+`", complaint)
    if wanted:
        kinds = [_TYPES.get(kind.strip(), kind.strip()) for kind in wanted[1].split("|")]
        return f"expected {' or '.join(kind for kind in kinds if kind != 'nothing')}"
    return _lower(complaint)


def _lower(clause: str) -> str:
    return clause[:1].lower() + clause[1:].replace("`", '"')
