"""Texts of Sigma, with ``*`` and ``?``, → what a field is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from sigma.types import SigmaString, SpecialChars

from trailbell.pattern import compile_pattern
from trailbell.preview import preview
from trailbell.sigma.fields import Field
from trailbell.sigma.refusal import inexpressible
from trailbell.sigma.regexes import ANY, literal

Part = str | SpecialChars

ANY_TEXT = "*"


@dataclass(frozen=True, slots=True)
class Operand:
    """Hold what a field is compared with: as the pattern writes it, or regexes of which any fits.

    ``spelled`` says that it is compared as AWS spells it, ``note`` what else is to know of it.
    """

    text: str = ""
    regexes: tuple[str, ...] = ()
    spelled: bool = False
    note: str = ""

    def fits(self, text: str) -> bool:
        """Say whether a text without quotes equals the operand."""
        written = self.text or f"%{'|'.join(self.regexes)}%"
        return compile_pattern(f"{{ $.it = {written} }}").matches(f'{{"it": "{text}"}}')


def quoted(text: str) -> str:
    """Write a text in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def operand_of(value: SigmaString, field: Field, *, cased: bool, trusting: bool) -> Operand:
    """Return what a field is compared with where Sigma compares it with a text.

    ``trusting`` compares what AWS spells as AWS spells it. Raises RefusedError where the language
    cannot say it.
    """
    parts = _parts(value)
    if parts == [SpecialChars.WILDCARD_MULTI]:
        return Operand(ANY_TEXT)
    note, spelled = "", None
    literals = tuple(part for part in parts if isinstance(part, str))
    # Caseless are signs and digits, but also letters of which there is only one case.
    caseless = all(text.lower() == text.upper() for text in literals)
    if not (cased or caseless) and trusting and literals:
        spelled = field.spelled(literals, whole=len(parts) == 1)
        if spelled:
            if spelled != literals:
                note = f"{field.path}: {preview(literals[0])} is spelled {preview(spelled[0])}"
                parts = list(spelled)
            cased = True
    if cased or caseless:
        written = _plain(parts)
        regexes = () if written else (_regex(parts, any_case=False),)
        return Operand(written or "", regexes, spelled=bool(spelled), note=note)
    return Operand(regexes=(_regex(parts, any_case=True),))


def _parts(value: SigmaString) -> list[Part]:
    """Return the literals and wildcards of a text; two ``*`` in a row are one."""
    parts: list[Part] = []
    for part in value.s:
        if not isinstance(part, str | SpecialChars):
            raise inexpressible(
                f"{preview(str(value))} has a placeholder, which a pipeline would have to fill in"
            )
        again = part is SpecialChars.WILDCARD_MULTI and parts[-1:] == [part]
        if not again and part != "":
            parts.append(part)
    return parts


def _plain(parts: list[Part]) -> str | None:
    """Write a text with no ``*`` but at its ends in quotes; None where that would not be legal."""
    inner = list(parts)
    start = "*" if inner[:1] == [SpecialChars.WILDCARD_MULTI] else ""
    inner = inner[1:] if start else inner
    end = "*" if inner[-1:] == [SpecialChars.WILDCARD_MULTI] else ""
    inner = inner[:-1] if end else inner
    if not inner:
        return quoted("")
    text = inner[0]
    # A star of the text itself would be read as a wildcard, and these as a slip.
    legal = len(inner) == 1 and isinstance(text, str) and text.isprintable()
    if not legal or not isinstance(text, str) or set("*%") & set(text) or text.lower() == "null":
        return None
    return quoted(f"{start}{text}{end}")


def _regex(parts: list[Part], *, any_case: bool) -> str:
    """Write a text as a regex, open at an end where ``*`` stands there."""
    many = SpecialChars.WILDCARD_MULTI
    start = "" if parts[0] is many else "^"
    end = "" if parts[-1] is many else "$"
    inner = parts[not start : len(parts) - (not end)]
    return start + "".join(_written(part, any_case=any_case) for part in inner) + end


def _written(part: Part, *, any_case: bool) -> str:
    if isinstance(part, str):
        return literal(part, any_case=any_case)
    return ANY if part is SpecialChars.WILDCARD_SINGLE else f"{ANY}*"
