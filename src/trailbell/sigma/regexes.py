r"""Regexes of Sigma → regexes of the language, which has no groups, no flags and ASCII alone.

A group is multiplied out: ``a(b|c)d`` becomes ``abd|acd``. What is left means the same in both,
since pySigma and the language run RE2. A repeated group, and everything beyond the flavour that
Sigma allows, is refused: https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md
"""

from __future__ import annotations

import re
import string
from ipaddress import IPv4Network

from trailbell.preview import preview
from trailbell.sigma.refusal import RefusedError, inexpressible

ANY = r"[\s\S]"
"""Any one character: the dot stands for all but the end of a line."""

MAX_ALTERNATIVES = 200

_PLAIN = frozenset(string.ascii_letters + string.digits + " _#=@/;,:-")
_REPEAT = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


def literal(text: str, *, any_case: bool = False) -> str:
    """Write a text as a regex, in any case where that is asked.

    Raises RefusedError where the text is not ASCII.
    """
    return "".join(_character(sign, any_case=any_case) for sign in text)


def _character(sign: str, *, any_case: bool) -> str:
    if not sign.isascii():
        raise inexpressible(f"a regex of the language cannot hold {preview(sign)}, only ASCII")
    if any_case and sign.isalpha():
        return f"[{sign.upper()}{sign.lower()}]"
    if sign in _PLAIN:
        return sign
    return r"\." if sign == "." else f"\\x{ord(sign):02x}"


def alternatives(regex: str, *, any_case: bool, dot_all: bool) -> tuple[str, ...]:
    """Return regexes of the language of which any finds what a regex of Sigma finds.

    Raises RefusedError where the language cannot say it.
    """
    reader = _Reader(regex, any_case=any_case, dot_all=dot_all)
    found = reader.either()
    if reader.at < len(regex):
        raise reader.refusal("a bracket that nothing opens")
    return tuple(dict.fromkeys(found))


def has_anchor(regex: str) -> bool:
    """Say whether a regex may ask for the start or the end of a line."""
    return "^" in regex or "$" in regex


class _Reader:
    """Read a regex from left to right, as a list of alternatives."""

    def __init__(self, regex: str, *, any_case: bool, dot_all: bool) -> None:
        self.regex = regex
        self.at = 0
        self._any_case = any_case
        self._dot = ANY if dot_all else "."

    def refusal(self, what: str) -> RefusedError:
        """Make the refusal of a part of the regex."""
        return inexpressible(f"the regex {preview(self.regex)} has {what}")

    def either(self) -> list[str]:
        """Read ``either = sequence { "|" sequence }``."""
        found = self._sequence()
        while self._next() == "|":
            self.at += 1
            found += self._sequence()
        return found

    def _next(self) -> str:
        return self.regex[self.at : self.at + 1]

    def _sequence(self) -> list[str]:
        """Read ``sequence = { ( "(" either ")" | atom ) [ repetition ] }``."""
        found = [""]
        while (sign := self._next()) and sign not in "|)":
            atoms = self._group() if sign == "(" else [self._atom()]
            repeat = self._repetition()
            if repeat and sign == "(":
                if repeat != "?":
                    raise self.refusal("a repeated group, and the language has no groups")
                atoms, repeat = [*atoms, ""], ""
            found = [before + atom + repeat for before in found for atom in atoms]
            if len(found) > MAX_ALTERNATIVES:
                raise self.refusal(f"groups that make over {MAX_ALTERNATIVES} alternatives")
        return found

    def _group(self) -> list[str]:
        """Read what stands in brackets."""
        self.at += 1
        if self.regex.startswith("?:", self.at):
            self.at += 2
        elif self._next() == "?":
            raise self.refusal('a group with "(?", which the language has not')
        found = self.either()
        if self._next() != ")":
            raise self.refusal("a bracket that is not closed")
        self.at += 1
        return found

    def _repetition(self) -> str:
        """Read a repetition, lazy or not."""
        match = _REPEAT.match(self.regex, self.at)
        if match is None:
            return ""
        self.at = match.end()
        if self._next() == "?":
            self.at += 1
            return f"{match[0]}?"
        if _REPEAT.match(self.regex, self.at) or self._next() == "+":
            raise self.refusal("a repeated repetition")
        return match[0]

    def _atom(self) -> str:
        """Read one character, one escape or one class."""
        sign = self._next()
        self.at += 1
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign in "^$":
            return sign
        return self._dot if sign == "." else _character(sign, any_case=self._any_case)

    def _escape(self) -> str:
        """Read what follows a backslash."""
        sign = self._next()
        self.at += 1
        if sign and sign in "dDsSwW":
            return f"\\{sign}"
        return _character(self._escaped(sign), any_case=self._any_case)

    def _escaped(self, sign: str) -> str:
        """Return the character that an escape stands for."""
        if sign in _CONTROL:
            return _CONTROL[sign]
        match = re.compile(r"[0-9A-Fa-f]{2}").match(self.regex, self.at)
        if sign == "x" and match:
            self.at += 2
            return chr(int(match[0], 16))
        if not sign or sign.isalnum():
            raise self.refusal(f'the escape "\\{sign}", which the language has not')
        return sign

    def _class(self) -> str:
        """Read a class such as ``[^a-z]`` behind its bracket."""
        start, negated = self.at, self._next() == "^"
        self.at += negated
        items: list[str] = []
        while self._next() != "]" or not items:
            first = self._class_item()
            if self._next() == "-" and self.regex[self.at + 1 : self.at + 2] not in {"]", ""}:
                self.at += 1
                items.append(self._range(first, self._class_item()))
            else:
                items.append(first if first.startswith("\\") else self._both(first))
        self.at += 1
        if "[:" in self.regex[start : self.at]:
            raise self.refusal("a named class, which the language has not")
        return f"[{'^' if negated else ''}{''.join(items)}]"

    def _class_item(self) -> str:
        r"""Read one character of a class, or an escape such as ``\d``, with its backslash."""
        sign = self._next()
        self.at += 1
        if not sign:
            raise self.refusal("a class that is not closed")
        if sign != "\\":
            return sign
        sign = self._next()
        self.at += 1
        # A plain backslash is told from an escape by being written as one.
        if sign and sign in "dDsSwW":
            return f"\\{sign}"
        sign = self._escaped(sign)
        return r"\x5c" if sign == "\\" else sign

    def _both(self, sign: str) -> str:
        """Write a character of a class, in both cases where any case fits."""
        if self._any_case and sign.isascii() and sign.isalpha():
            return sign.upper() + sign.lower()
        # Whatever is an operator in a class is one no longer.
        return sign if sign.isascii() and sign.isalnum() else _hexadecimal(sign)

    def _range(self, first: str, last: str) -> str:
        """Write a range of a class, in both cases where any case fits."""
        if len(first) > 1 or len(last) > 1:
            raise self.refusal("a range between escapes")
        if not self._any_case or not {first, last} & set(string.ascii_letters):
            return f"{_hexadecimal(first)}-{_hexadecimal(last)}"
        both = first + last
        if not (both.isalpha() and (both.isupper() or both.islower())):
            raise self.refusal("a range that is half letters, to be found in any case")
        lower, upper = both.lower(), both.upper()
        return f"{lower[0]}-{lower[1]}{upper[0]}-{upper[1]}"


def _hexadecimal(sign: str) -> str:
    """Write a character of a class by its number, letters and digits as they are."""
    if not sign.isascii():
        raise inexpressible(f"a regex of the language cannot hold {preview(sign)}, only ASCII")
    return sign if sign.isalnum() else f"\\x{ord(sign):02x}"


def network_regexes(network: IPv4Network) -> tuple[str, ...]:
    """Return regexes of which any fits the addresses of a network, written with four numbers.

    An octet that may be anything is one to three digits.
    """
    fixed, rest = divmod(network.prefixlen, 8)
    octets = list(network.network_address.packed)
    head = [str(octet) for octet in octets[:fixed]]
    if not rest:
        tail = [r"\d{1,3}"] * (4 - fixed)
        return (_address([*head, *tail]),)
    tail = [r"\d{1,3}"] * (3 - fixed)
    low = octets[fixed]
    return tuple(_address([*head, one, *tail]) for one in _numbers(low, low + 2 ** (8 - rest) - 1))


def _address(octets: list[str]) -> str:
    joined = r"\.".join(octets)
    return f"^{joined}$"


def _numbers(low: int, high: int) -> list[str]:
    """Write the numbers from low to high as regexes, one for each ten."""
    found = []
    for ten in range(low // 10, high // 10 + 1):
        first, last = max(low, ten * 10) % 10, min(high, ten * 10 + 9) % 10
        digit = str(first) if first == last else f"[{first}-{last}]"
        found.append(f"{ten or ''}{digit}")
    return found
