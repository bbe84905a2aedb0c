"""Cut records down to the few fields that rules look at, so that little is left to decode."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from trailbell.pattern import nodes
from trailbell.pattern.document import MAX_NESTING

if TYPE_CHECKING:
    from collections.abc import Sequence

_REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)
_REMEMBERED = 4096
_SHALLOW = 2 * MAX_NESTING
"""What is no longer has not enough brackets, opening and closing, to be nested too deep."""

_Fields = tuple[tuple[str, str], ...]
_MaybeRaw = msgspec.Raw | msgspec.UnsetType


class Parts:
    """Cut a record down to those of its fields that rules look at.

    ``roots`` are the patterns of the rules, in the order of the bits that stand for them. To the
    rules ``cuttable`` what is cut down is as good as the whole: they look at a JSON object alone,
    and reach what they ask for through a name. A wildcard at the top would miss what is cut off.
    """

    def __init__(self, roots: Sequence[nodes.Root]) -> None:
        self.cuttable = 0
        self._names: list[frozenset[str]] = []
        for place, root in enumerate(roots):
            names = _names(root)
            self.cuttable |= bool(names) << place
            self._names.append(names)
        attributes = {
            name: f"_{n}" for n, name in enumerate(sorted(frozenset().union(*self._names)))
        }
        fields = [
            (attribute, _MaybeRaw, msgspec.field(default=msgspec.UNSET, name=name))
            for name, attribute in attributes.items()
        ]
        self._written = {name: (attributes[name], _key(name)) for name in attributes}
        self._decode = msgspec.json.Decoder(msgspec.defstruct("Cut", fields, gc=False)).decode
        self._fields = lru_cache(_REMEMBERED)(self._fields_of)

    def cut(self, message: str, rules: int) -> str | None:
        """Write the JSON object of a message again, with nothing but what some rules look at.

        None where the message has to be read as a whole. The decoder has then checked that all of
        it is JSON; of a name that stands twice it gives the last value, as the language does.
        """
        if len(message) > _SHALLOW and message.count("{") + message.count("[") > MAX_NESTING:
            return None
        try:
            record = self._decode(message)
        except _REFUSED:
            return None
        parts = [
            key + str(raw, "utf-8")
            for attribute, key in self._fields(rules)
            if (raw := getattr(record, attribute)) is not msgspec.UNSET
        ]
        return f"{{{','.join(parts)}}}"

    def _fields_of(self, rules: int) -> _Fields:
        names = (self._names[p] for p in range(rules.bit_length()) if rules >> p & 1)
        return tuple(self._written[name] for name in sorted(frozenset().union(*names)))


def _key(name: str) -> str:
    return f"{msgspec.json.encode(name).decode()}:"


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
