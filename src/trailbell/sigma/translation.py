"""The condition of a Sigma rule → a condition of the language.

Sigma's "not" is pushed down to the fields, where it says more than ``!=``: a field that is missing,
null, true or false differs from every text too, and ``!=`` holds of texts and numbers alone.
"""

from __future__ import annotations

from ipaddress import IPv4Network

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
)

from trailbell.preview import preview
from trailbell.sigma.conditions import Clause, Condition, Found, Unless, all_of, any_of
from trailbell.sigma.fields import Field, Holds, field_of
from trailbell.sigma.operands import ANY_TEXT, Operand, operand_of, quoted
from trailbell.sigma.refusal import inexpressible
from trailbell.sigma.regexes import alternatives, has_anchor, network_regexes

_ORDERS = {
    CompareOperators.LT: "<",
    CompareOperators.LTE: "<=",
    CompareOperators.GT: ">",
    CompareOperators.GTE: ">=",
}


class Translator:
    """Translate the conditions of one rule; ``notes`` has what a reader should know of them.

    ``any_case`` compares also what AWS spells in any case.
    """

    def __init__(self, *, any_case: bool) -> None:
        self._trusting = not any_case
        self._spelled: dict[str, None] = {}
        self._below: dict[str, None] = {}
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know, each once."""
        notes = list(self._notes)
        if self._spelled:
            notes.insert(0, f"compared as AWS spells it: {', '.join(self._spelled)}")
        if self._below:
            notes.append(f"no name on the way may stand for a list: {', '.join(self._below)}")
        return tuple(notes)

    def condition(self, node: object, *, negated: bool = False) -> Condition:
        """Translate a tree of pySigma, or what holds where it does not.

        Raises RefusedError where the language cannot say it.
        """
        match node:
            case ConditionNOT():
                return self.condition(node.args[0], negated=not negated)
            case ConditionAND() | ConditionOR():
                parts = [self.condition(part, negated=negated) for part in node.args]
                return self._join(parts, every=isinstance(node, ConditionAND) is not negated)
            case ConditionFieldEqualsValueExpression():
                return self._compared(field_of(node.field), node.value, negated=negated)
            case ConditionValueExpression():
                raise inexpressible(
                    f"{preview(str(node.value))} is looked for in the whole record, in any case"
                    " and beside conditions on fields"
                )
        raise inexpressible("its condition comes to nothing")

    def _join(self, parts: list[Condition], *, every: bool) -> Condition:
        return all_of(parts) if every else any_of(parts)

    def _compared(self, field: Field, value: SigmaType, *, negated: bool) -> Condition:
        """Translate a field and its value."""
        if field.may_cross_lists:
            self._below[field.path] = None
        if isinstance(value, SigmaExpansion):
            parts = [self._compared(field, one, negated=negated) for one in value.values]
            return self._join(parts, every=negated)
        if isinstance(value, SigmaExists):
            return _presence(field, wanted=value.exists is not negated)
        if isinstance(value, SigmaNull):
            return _nothing(field, negated=negated)
        if field.holds is Holds.OBJECT:
            raise inexpressible(
                f"{field.path} holds an object, and only texts and numbers are compared"
            )
        if isinstance(value, SigmaCompareExpression):
            return self._ordered(field, value, negated=negated)
        operand = self._operand(field, value)
        if operand.spelled:
            self._spelled[field.path] = None
        if operand.note:
            self._notes[operand.note] = None
        return _differs(field, operand) if negated else _equals(field, operand)

    def _operand(self, field: Field, value: SigmaType) -> Operand:
        """Return what a field is compared with. Raises RefusedError where that is no such thing."""
        match value:
            case SigmaString():
                cased = isinstance(value, SigmaCasedString)
                return operand_of(value, field, cased=cased, trusting=self._trusting)
            case SigmaBool():
                return Operand(quoted(str(value.boolean).lower()))
            case SigmaTimestampPart():
                raise inexpressible(f"a part of the time in {field.path} is compared")
            case SigmaNumber():
                return Operand(str(value.number))
            case SigmaRegularExpression():
                return self._regex(value)
            case SigmaCIDRExpression():
                return _network(value)
            case SigmaFieldReference():
                raise inexpressible(f"{field.path} is compared with another field")
        raise inexpressible(f"{field.path} is compared with what the language does not know")

    def _regex(self, value: SigmaRegularExpression) -> Operand:
        """Return the regexes of the language for one of Sigma."""
        regex, flags = str(value.regexp), set(value.flags)
        # The flag can stand in the regex, where pySigma leaves it.
        if regex.startswith("(?i)"):
            regex = regex.removeprefix("(?i)")
            flags.add(SigmaRegularExpressionFlag.IGNORECASE)
        if SigmaRegularExpressionFlag.MULTILINE in flags and has_anchor(regex):
            raise inexpressible(f"the regex {preview(regex)} asks for the ends of lines")
        if value.contains_placeholder():
            raise inexpressible(f"the regex {preview(regex)} has a placeholder")
        found = alternatives(
            regex,
            any_case=SigmaRegularExpressionFlag.IGNORECASE in flags,
            dot_all=SigmaRegularExpressionFlag.DOTALL in flags,
        )
        return Operand(regexes=found, note="regexes are looked for anywhere in a value")

    def _ordered(self, field: Field, value: SigmaCompareExpression, *, negated: bool) -> Condition:
        """Translate an order of numbers."""
        if negated or value.op not in _ORDERS:
            raise inexpressible(
                f'{field.path}: "not" over an order of numbers, which holds of texts too'
            )
        self._notes[f"{field.path}: only numbers are ordered, no texts that look like one"] = None
        return Clause(f"{field.selector} {_ORDERS[value.op]} {value.number.number}")


def _network(value: SigmaCIDRExpression) -> Operand:
    """Return what an address within a network equals."""
    network = value.network
    if not isinstance(network, IPv4Network):
        raise inexpressible(f"{preview(value.cidr)}: an IPv6 address can be written in many ways")
    if not network.prefixlen:
        raise inexpressible(f"{preview(value.cidr)} holds every address")
    max_length = network.max_prefixlen
    if network.prefixlen == max_length:
        return Operand(quoted(str(network.network_address)))
    note = "addresses of a network are told by their form: four numbers of up to three digits"
    return Operand(regexes=network_regexes(network), note=note)


# --- Clauses -------------------------------------------------------------------------------------


def _missing(field: Field) -> Clause:
    return Clause(f"{field.selector} NOT EXISTS")


def _null(field: Field) -> Clause:
    return Clause(f"{field.selector} IS NULL")


def _states(field: Field, operand: Operand, *, fitting: bool) -> list[Clause]:
    """Return clauses for true and false, so far as their texts fit an operand, or do not."""
    if field.holds is Holds.TEXT:
        return []
    return [
        Clause(f"{field.selector} IS {text.upper()}")
        for text in ("true", "false")
        if operand.fits(text) is fitting
    ]


def _comparison(field: Field, operand: Operand, *, differs: bool) -> Condition:
    if operand.regexes:
        return Found(field.selector, operand.regexes, differs=differs)
    return Clause(f"{field.selector} {'!=' if differs else '='} {operand.text}")


def _equals(field: Field, operand: Operand) -> Condition:
    """Ask whether a field equals an operand."""
    states = _states(field, operand, fitting=True)
    if field.holds is Holds.BOOLEAN and states:
        return any_of(states)
    return any_of([_comparison(field, operand, differs=False), *states])


def _differs(field: Field, operand: Operand) -> Condition:
    """Ask whether a field does not equal an operand, for whatever reason."""
    states = _states(field, operand, fitting=False)
    others = (_missing(field), _null(field), *states)
    if operand.text == ANY_TEXT or field.holds is Holds.BOOLEAN:
        return any_of(others)
    return Unless(field.selector, others, _comparison(field, operand, differs=True))


def _values(field: Field) -> list[Clause]:
    """Return the clauses of which one holds where a field has a text, a number, true or false."""
    texts = [Clause(f"{field.selector} = *")] if field.holds is not Holds.BOOLEAN else []
    return [*texts, *_states(field, Operand(ANY_TEXT), fitting=True)]


def _presence(field: Field, *, wanted: bool) -> Condition:
    """Ask whether a record has a field, whatever it holds."""
    if not wanted:
        return _missing(field)
    if field.holds in {Holds.TEXT, Holds.BOOLEAN}:
        return any_of([*_values(field), _null(field)])
    # The language has no EXISTS, but where nothing below a field equals a text, the field is there.
    below = f"{field.selector}.*"
    return any_of([Clause(f'{below} != "-"'), Clause(f"{below} = *")])


def _nothing(field: Field, *, negated: bool) -> Condition:
    """Ask whether a field is missing or null, or whether it is neither."""
    if not negated:
        return any_of([_missing(field), _null(field)])
    if field.holds is Holds.OBJECT:
        raise inexpressible(f"{field.path} holds an object, and the language cannot ask for one")
    return any_of(_values(field))
