"""Decode of a record only the few fields at its top that rules look at."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from trailbell.pattern import Message, nodes
from trailbell.pattern.document import MAX_NESTING, Value, decode

if TYPE_CHECKING:
    from collections.abc import Sequence

_REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)
_REMEMBERED = 4096
_SHALLOW = 2 * MAX_NESTING
"""What is no longer has not enough brackets, opening and closing, to be nested too deep."""

_Fields = tuple[tuple[str, str], ...]
_MaybeRaw = msgspec.Raw | msgspec.UnsetType


class Parts:
    """Read of a record those of its fields that rules look at.

    ``roots`` are the patterns of the rules, in the order of the bits that stand for them. To the
    rules ``cuttable`` a part is as good as the whole: they look at a JSON object alone, and reach
    what they ask for through a name. A wildcard at the top would miss what is left out.
    """

    def __init__(self, roots: Sequence[nodes.Root]) -> None:
        self.cuttable = 0
        self._names: list[frozenset[str]] = []
        for place, root in enumerate(roots):
            names = _names(root)
            self.cuttable |= bool(names) << place
            self._names.append(names)
        every = sorted(frozenset().union(*self._names))
        self._attributes = {name: f"_{number}" for number, name in enumerate(every)}
        fields = [
            (attribute, _MaybeRaw, msgspec.field(default=msgspec.UNSET, name=name))
            for name, attribute in self._attributes.items()
        ]
        self._decode = msgspec.json.Decoder(msgspec.defstruct("Part", fields, gc=False)).decode
        self._fields = lru_cache(_REMEMBERED)(self._fields_of)

    def read(self, message: str, rules: int) -> Message | None:
        """Read a message, with nothing in its JSON object but what some rules look at.

        None where the message has to be read as a whole. The decoder has then checked that all of
        it is JSON; of a name that stands twice it gives the last value, as the language does.
        """
        if len(message) > _SHALLOW and message.count("{") + message.count("[") > MAX_NESTING:
            return None
        try:
            record = self._decode(message)
        except _REFUSED:
            return None
        document: dict[str, Value] = {}
        for name, attribute in self._fields(rules):
            raw = getattr(record, attribute)
            if raw is not msgspec.UNSET:
                text = str(raw, "utf-8")
                if text.startswith('"') and "\\" not in text:
                    document[name] = text[1:-1]
                    continue
                value = decode(f'{{"value":{text}}}')
                if value is None:
                    return None
                document[name] = value["value"]
        part = Message(message)
        part.document = document
        return part

    def _fields_of(self, rules: int) -> _Fields:
        names = (self._names[p] for p in range(rules.bit_length()) if rules >> p & 1)
        return tuple((name, self._attributes[name]) for name in sorted(frozenset().union(*names)))


def _names(root: nodes.Root) -> frozenset[str]:
    """Give the names at the top of a JSON object that a pattern looks at; none where it is all."""
    if not isinstance(root, nodes.Json):
        return frozenset()
    tops = {
        clause.selector.segments[0]
        for clause in nodes.leaves(root.condition)
        if not isinstance(clause, nodes.FieldComparison)
    }
    names = frozenset(top for top in tops if isinstance(top, str))
    return names if len(names) == len(tops) else frozenset()
