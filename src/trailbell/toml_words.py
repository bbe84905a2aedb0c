"""What a key of a TOML file may hold, and what it holds, in words for who wrote the file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from msgspec import inspect

from trailbell.preview import preview

# An address may be a secret as a whole: a webhook's is. Scheme and host tell enough.
_ADDRESS = re.compile(r"(https?://)(?:[^/\s]*@)?([^/\s?#@]*)[^\s\"']*", re.IGNORECASE)


def expected_words(shape: type, steps: Sequence[str | int]) -> str:
    """Say what a struct expects where the steps lead; "key" after a mapping asks for its names.

    A type's own description, where it has one, goes before what can be said of any such type.
    """
    return _words(_type_at(shape, steps))


def fields_of(shape: type, steps: Sequence[str | int]) -> list[str]:
    """Return the keys that a struct knows where the steps lead."""
    return _keys(_bare(_type_at(shape, steps)))


def possible_fields_of(shape: type, steps: Sequence[str | int]) -> list[str]:
    """Return the same, also where something else than a struct may stand as well."""
    return _keys(_bare(_type_at(shape, steps), inspect.StructType))


def _keys(kind: inspect.Type) -> list[str]:
    """Return the keys of a struct, none for anything else."""
    if isinstance(kind, inspect.StructType):
        return [field.encode_name for field in kind.fields]
    return []


def found_words(value: object) -> str:
    """Say what stands in the file, without the part of an address that may be secret."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return _moment_words(value)
    if isinstance(value, str):
        return preview(without_secrets(value))
    return preview(value)


def without_secrets(text: str) -> str:
    """Return a text without the parts of addresses in it that may be secret."""
    return _ADDRESS.sub(r"\1\2/…", text)


def _moment_words(value: date | time) -> str:
    """Say which of TOML's four kinds of dates and times something is."""
    if isinstance(value, datetime):
        return "a date with a time"
    return "a date" if isinstance(value, date) else "a time"


def one_of(values: Iterable[str]) -> str:
    """List texts in quotes, with an "or" before the last."""
    *most, last = (f'"{value}"' for value in values)
    return f"{', '.join(most)} or {last}" if most else last


def close_matches(name: str, known: Iterable[str], most: int = 3) -> str:
    """List what is spelled nearly like a name, in quotes; empty where nothing is."""
    near = difflib.get_close_matches(name[:200], list(known), n=most)
    return one_of(near) if near else ""


def _type_at(shape: type, steps: Sequence[str | int]) -> inspect.Type:
    """Return the type where the steps lead."""
    found = inspect.type_info(shape)
    for step in steps:
        below = _bare(found)
        if isinstance(below, inspect.StructType):
            found = next(field.type for field in below.fields if field.encode_name == step)
        elif isinstance(below, inspect.VarTupleType):
            found = below.item_type
        elif isinstance(below, inspect.DictType):
            found = below.key_type if step == "key" else below.value_type
    return found


def _bare(kind: inspect.Type, wanted: type[inspect.Type] = inspect.Type) -> inspect.Type:
    """Return a type without its description, and without the null that TOML cannot write.

    Of several that it may be, that is the first, or the first of the kind that is wanted.
    """
    if isinstance(kind, inspect.Metadata):
        return _bare(kind.type, wanted)
    if isinstance(kind, inspect.UnionType):
        some = [_bare(one) for one in kind.types if not isinstance(one, inspect.NoneType)]
        return next((one for one in some if isinstance(one, wanted)), some[0])
    return kind


def _words(kind: inspect.Type) -> str:
    """Say what a type takes: in its own words, as a choice, a table, a list or a plain value."""
    words = _description(kind)
    kind = _bare(kind)
    if words:
        return words
    if isinstance(kind, inspect.EnumType):
        return one_of(str(one.value) for one in kind.cls)
    if isinstance(kind, inspect.LiteralType):
        return one_of(str(value) for value in kind.values)
    if isinstance(kind, inspect.VarTupleType):
        if isinstance(_bare(kind.item_type), inspect.StructType):
            return "tables in double brackets, [[ ]]"
        return f"a list in [ ], each item {_words(kind.item_type)}"
    return _plain_words(kind)


def _plain_words(kind: inspect.Type) -> str:
    """Say what a type takes that is neither a choice nor a list."""
    if isinstance(kind, inspect.StrType):
        longest = f" of at most {kind.max_length} characters" if kind.max_length else ""
        return f"text in quotes{longest}"
    if isinstance(kind, inspect.IntType):
        return f"a whole number{_range(kind)}"
    if isinstance(kind, inspect.FloatType):
        return f"a number{_range(kind)}"
    return "true or false" if isinstance(kind, inspect.BoolType) else "a table"


def _description(kind: inspect.Type) -> str:
    """Return the words that the struct itself has for a type."""
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra_json_schema or {}).get("description", ""))
    if isinstance(kind, inspect.UnionType):
        return next(filter(None, map(_description, kind.types)), "")
    return ""


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    """Say which numbers are allowed."""
    bounds = []
    if kind.gt is not None:
        bounds.append(f"above {kind.gt:g}")
    if kind.ge is not None:
        bounds.append(f"from {kind.ge:g}")
    if kind.le is not None:
        bounds.append(f"up to {kind.le:g}")
    return f" {' '.join(bounds)}" if bounds else ""
