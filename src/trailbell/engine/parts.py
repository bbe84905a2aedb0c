"""Decode of a record only the few fields that rules look at."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec.structs import astuple

from trailbell.pattern import Message, nodes
from trailbell.pattern.document import MAX_NESTING, Value, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# Not every RuntimeError, but the decoder's own for what is nested too deep.
_REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)
_REMEMBERED = 4096
_DECODERS = 256
"""So many sets of fields have a decoder of their own, until they are too many."""

_SHALLOW = 2 * MAX_NESTING
"""What is no longer has not enough brackets, opening and closing, to be nested too deep."""

_DEEPEST = 16
"""What is nested deeper is read with what it stands in."""

_AS_WRITTEN = msgspec.Raw | msgspec.UnsetType
_PLAIN = str | bool | None | msgspec.UnsetType
"""What a field is decoded as: the bytes of any value, or what is the same for the language."""

Names = tuple[str, ...]
_Shape = tuple[tuple[str, str, "_Shape | None"], ...]
"""The fields to read of an object: their names, their attributes, and those below if not all."""


class _Plain(NamedTuple):
    """Hold a decoder of some fields, and which they are."""

    decode: Callable[[str], Any]
    shape: _Shape


class Parts:
    """Read of a record those of its fields that rules look at.

    ``roots`` are the patterns of the rules, in the order of the bits that stand for them, and
    ``paths`` lead to further fields to read. To the rules ``cuttable`` a part is as good as the
    whole: they look at a JSON object alone, and reach what they ask for through a name. A wildcard
    at the top would miss what is left out.
    """

    def __init__(self, roots: Sequence[nodes.Root], paths: Iterable[Names] = ()) -> None:
        self.cuttable = 0
        self._paths: list[frozenset[Names]] = []
        self._tree = _Tree()
        for place, root in enumerate(roots):
            found = _paths(root)
            self.cuttable |= bool(found) << place
            self._paths.append(found)
            for path in found:
                self._tree.add(path)
        for path in paths:
            self._tree.add(path[:_DEEPEST])
        self._decode = msgspec.json.Decoder(self._tree.struct(_AS_WRITTEN)).decode
        self._shape = lru_cache(_REMEMBERED)(self._shape_of)
        self._plain_of_rules = lru_cache(_REMEMBERED)(self._plain_for)
        self._plain_of_paths = lru_cache(_DECODERS)(_plain)

    def attributes(self, path: Names) -> Names | None:
        """Say by which attributes of what is decoded a field is found.

        None where another pattern looks at all of what holds the field.
        """
        return self._tree.attributes(path)

    def decoded(self, message: str | bytes) -> object | None:
        """Decode the fields of a message, as JSON writes them; None where that cannot be done.

        The decoder has then checked that all of the message is JSON. Of a name that stands twice
        it gives the last value, as the language does.
        """
        try:
            return self._decode(message)
        except _REFUSED:
            return None

    def read(self, message: str, record: object, rules: int) -> Message | None:
        """Give a decoded message with nothing in its JSON object but what some rules look at.

        None where the message has to be read as a whole.
        """
        if _may_be_deep(message):
            return None
        part = Message(message)
        try:
            part.document = _document(record, self._shape(rules))
        except _RefusedError:
            return None
        return part

    def read_plain(self, message: str, rules: int) -> Message | None:
        """Decode of a message what some rules look at, where that is texts, booleans and null.

        It gives what ``read`` gives, sooner. None where anything else stands there, and where the
        message has to be read as a whole.
        """
        if _may_be_deep(message):
            return None
        plain = self._plain_of_rules(rules)
        try:
            record = plain.decode(message)
        except _REFUSED:
            return None
        part = Message(message)
        part.document = _plain_document(record, plain.shape)
        return part

    def _shape_of(self, rules: int) -> _Shape:
        return self._tree.shape(self._paths_of(rules))

    def _plain_for(self, rules: int) -> _Plain:
        # Many rules look at the same fields.
        return self._plain_of_paths(self._paths_of(rules))

    def _paths_of(self, rules: int) -> frozenset[Names]:
        found = (self._paths[p] for p in range(rules.bit_length()) if rules >> p & 1)
        return frozenset().union(*found)


def _may_be_deep(message: str) -> bool:
    return len(message) > _SHALLOW and message.count("{") + message.count("[") > MAX_NESTING


class _RefusedError(Exception):
    """Say that the language's decoder refused a value."""


def _document(record: object, shape: _Shape) -> dict[str, Value]:
    document: dict[str, Value] = {}
    for name, attribute, below in shape:
        value = getattr(record, attribute)
        if value is msgspec.UNSET:
            continue
        if below is None:
            document[name] = _value(str(value, "utf-8"))
        else:
            document[name] = None if value is None else _document(value, below)
    return document


def _plain(paths: frozenset[Names]) -> _Plain:
    tree = _Tree()
    for path in sorted(paths):
        tree.add(path)
    return _Plain(msgspec.json.Decoder(tree.struct(_PLAIN)).decode, tree.shape(paths))


def _plain_document(record: msgspec.Struct, shape: _Shape) -> dict[str, Value]:
    document: dict[str, Value] = {}
    # The shape has the fields of the struct in their order.
    for (name, _, below), value in zip(shape, astuple(record), strict=True):
        if value is not msgspec.UNSET:
            nested = below is not None and value is not None
            document[name] = _plain_document(value, below) if nested and below else value
    return document


def _value(text: str) -> Value:
    """Read a value as the language does."""
    if text.startswith('"') and "\\" not in text:
        return text[1:-1]
    found = decode(f'{{"value":{text}}}')
    if found is None:
        raise _RefusedError
    return found["value"]


def _paths(root: nodes.Root) -> frozenset[Names]:
    """Give the names that lead to what a pattern looks at; none where it is a whole JSON object."""
    if not isinstance(root, nodes.Json):
        return frozenset()
    found = {
        _leading_names(clause.selector.segments)
        for clause in nodes.leaves(root.condition)
        if not isinstance(clause, nodes.FieldComparison)
    }
    return frozenset() if () in found else frozenset(found)


def _leading_names(segments: Sequence[nodes.Segment]) -> Names:
    """Give the names before the first index or wildcard, as many as are read one by one."""
    ends = (place for place, segment in enumerate(segments) if not isinstance(segment, str))
    return tuple(map(str, segments[: min(next(ends, _DEEPEST), _DEEPEST)]))


class _Tree:
    """Hold the names that lead to fields, and make the type that is decoded of them."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, _Tree]] = {}
        self._is_whole = False

    def add(self, path: Names) -> None:
        """Add a path, behind which all is read."""
        if path:
            self._names.setdefault(path[0], (f"_{len(self._names)}", _Tree()))[1].add(path[1:])
        else:
            self._is_whole = True

    def attributes(self, path: Names) -> Names | None:
        """Say by which attributes the value of a path is found; None where it is within another."""
        if not path:
            return ()
        if self._is_whole:
            return None
        attribute, below = self._names[path[0]]
        behind = below.attributes(path[1:])
        return None if behind is None else (attribute, *behind)

    def shape(self, paths: Iterable[Names]) -> _Shape:
        """Say what to read for some of the paths."""
        found: dict[str, list[Names]] = {}
        for path in paths:
            found.setdefault(path[0], []).append(path[1:])
        # In the order of the fields of the struct.
        return tuple(self._field(name, found[name]) for name in self._names if name in found)

    def _field(self, name: str, paths: list[Names]) -> tuple[str, str, _Shape | None]:
        attribute, below = self._names[name]
        return name, attribute, None if below._is_whole else below.shape(paths)  # noqa: SLF001  its own

    def struct(self, leaf: object) -> type[msgspec.Struct]:
        """Make the type of an object with these names and values; all else in it is skipped."""
        fields = [
            (attribute, below._type(leaf), msgspec.field(default=msgspec.UNSET, name=name))  # noqa: SLF001  its own
            for name, (attribute, below) in self._names.items()
        ]
        return msgspec.defstruct("Part", fields, gc=False)

    def _type(self, leaf: object) -> Any:  # noqa: ANN401  a type as msgspec takes it
        return leaf if self._is_whole else None | msgspec.UnsetType | self.struct(leaf)
