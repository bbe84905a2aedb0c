"""Read only the fields that rules compare with texts, and find the rules that can still hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trailbell.pattern import nodes
from trailbell.pattern.evaluation import text_fits
from trailbell.pattern.number import is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trailbell.engine.parts import Names, Parts
    from trailbell.pattern import Message
    from trailbell.pattern.requires import Guard, NumberAt, TokenGuard

_MEMO = 65_536
"""How many values of a field are remembered, with the rules that can hold with each."""
_MEMO_LENGTH = 256


class GuardIndex:
    """Rule out, by a few fields of a record, rules whose guards do not hold.

    ``guards`` are those of each rule, in the order of the bits that stand for the rules; ``parts``
    decodes their fields. What is ruled out cannot hold; all else may. Threads can share it.
    """

    def __init__(self, guards: Sequence[Sequence[Guard]], parts: Parts) -> None:
        fields: dict[Names, _Field] = {}
        for place, of_rule in enumerate(guards):
            for guard in of_rule:
                fields.setdefault(guard.path, _Field()).add(1 << place, guard)
        found = ((field, parts.attributes(path)) for path, field in fields.items())
        self._fields = [(field, attributes) for field, attributes in found if attributes]

    def survivors(self, record: object, rules: int) -> int:
        """Give those of a set of rules that no guard rules out, of a record that was decoded."""
        for field, attributes in self._fields:
            if field.rules & rules:
                value: Any = record
                for attribute in attributes:
                    value = getattr(value, attribute, msgspec.UNSET)
                rules &= field.absent if value is msgspec.UNSET else field.can_hold(bytes(value))
                if not rules:
                    break
        return rules


class TokenIndex:
    """Rule out, by the number of a message's tokens and by which are numbers, rules on tokens."""

    def __init__(self, guards: Sequence[TokenGuard]) -> None:
        self._least: dict[int, int] = {}
        self._asking: dict[int, int] = {}
        self._numbers: dict[int, list[tuple[NumberAt, int]]] = {}
        for place, guard in enumerate(guards):
            rule = 1 << place
            self._least[guard.least] = self._least.get(guard.least, 0) | rule
            for number in guard.numbers:
                self._asking[number.place] = self._asking.get(number.place, 0) | rule
                self._numbers.setdefault(number.place, []).append((number, rule))

    def survivors(self, message: Message, rules: int) -> int:
        """Give those of a set of rules that no guard rules out."""
        tokens = message.tokens
        for least, guarded in self._least.items():
            if len(tokens) < least:
                rules &= ~guarded
        for place, asking in self._asking.items():
            if not rules & asking:
                continue
            # Rules that are left have a token at each of their places.
            text = tokens[place][0]
            if not is_number(text):
                rules &= ~asking
                continue
            value = float(text)
            for number, rule in self._numbers[place]:
                if rules & rule and not number.low <= value <= number.high:
                    rules ^= rule
        return rules


class _Field:
    """Know which rules can hold with a value of one field."""

    def __init__(self) -> None:
        self.rules = 0
        self.absent = -1
        self._texts: dict[str, int] = {}
        self._fits: list[tuple[Callable[[str], bool], int]] = []
        self._memo: dict[bytes, int] = {}

    def add(self, rule: int, guard: Guard) -> None:
        """Add a guard of a rule, which cannot hold unless one of its operands fits."""
        self.rules |= rule
        self.absent = ~self.rules
        for operand in guard.operands:
            if isinstance(operand, nodes.Text):
                self._texts[operand.text] = self._texts.get(operand.text, 0) | rule
            else:
                self._fits.append((text_fits(operand), rule))

    def can_hold(self, written: bytes) -> int:
        """Give the rules that can hold with a value, as JSON writes it."""
        known = self._memo.get(written)
        if known is not None:
            return known
        rules = self._can_hold(written)
        if len(written) <= _MEMO_LENGTH:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            self._memo[written] = rules
        return rules

    def _can_hold(self, written: bytes) -> int:
        if not written.startswith(b'"'):
            # A number is compared as text too; nothing else is.
            return -1 if written[:1] in _NUMBER_STARTS else self.absent
        try:
            value = _text(written)
        except (msgspec.MsgspecError, UnicodeError):
            return -1
        rules = self.absent | self._texts.get(value, 0)
        for fits, rule in self._fits:
            if not rules & rule and fits(value):
                rules |= rule
        return rules


_NUMBER_STARTS = [b"%c" % sign for sign in b"-0123456789"]
_text = msgspec.json.Decoder(str).decode
