"""Rules → the text of a rule file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from trailbell.preview import one_line
from trailbell.sigma.rules import ImportedRule

_HEADER = """\
# Rules made of Sigma rules by "trailbell rules import-sigma".
#
# Sigma compares texts in any case, and so do these patterns, by regexes such as %^[Aa][Dd][Aa]$%{}
# A list or an object neither equals a value nor differs from it, and no selector looks into a list.
# The rules are their authors': each says whose it is, and under which licence where that is told.
"""
_AS_SPELLED = """,
# but what AWS itself writes, such as eventName and eventSource, is compared as AWS spells it
# (--any-case compares that in any case as well)."""

_WIDTH = 100


def rule_file(rules: Iterable[ImportedRule], *, any_case: bool = False) -> str:
    """Return the text of a rule file that holds rules; there must be at least one."""
    head = _HEADER.format("." if any_case else _AS_SPELLED)
    parts = [f'{head}\ndescription = "Rules imported from Sigma"\n']
    parts += ["".join(f"{line}\n" for line in _lines(rule)) for rule in rules]
    return "\n".join(parts)


def _lines(rule: ImportedRule) -> Iterator[str]:
    """Give the lines of a rule."""
    author = rule.imported.get("author", "an author it does not name")
    licence = rule.imported.get("license", "the licence of where it is from")
    yield f"# {one_line(rule.title, 200)}: by {author}, under {licence}"
    yield "[[rule]]"
    yield f"name = {_text(rule.name)}"
    yield f"title = {_text(rule.title)}"
    yield f"severity = {_text(rule.severity.value)}"
    if len(rule.patterns) == 1:
        yield f"pattern = {_pattern(rule.patterns[0])}"
    if rule.description:
        yield f"description = {_text(rule.description)}"
    for key, texts in (
        ("references", rule.references),
        ("tags", rule.tags),
        ("false_positives", rule.false_positives),
    ):
        if texts:
            yield from _list(key, texts)
    facts = ", ".join(f"{key} = {_text(value)}" for key, value in rule.imported.items())
    yield f"imported = {{ {facts} }}"
    if len(rule.patterns) > 1:
        yield "[rule.patterns]"
        for number, pattern in enumerate(rule.patterns, 1):
            yield f"part-{number} = {_pattern(pattern)}"


def _list(key: str, texts: tuple[str, ...]) -> Iterator[str]:
    """Give the lines of a list of texts, one line where it is short."""
    line = f"{key} = [{', '.join(map(_text, texts))}]"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"{key} = ["
    yield from (f"  {_text(text)}," for text in texts)
    yield "]"


def _pattern(pattern: str) -> str:
    """Write a pattern: as it is, between single quotes, where it holds none."""
    return _text(pattern) if "'" in pattern else f"'{pattern}'"


def _text(text: str) -> str:
    r"""Write a text of any lines.

    JSON's escapes are TOML's as well, but for the control characters above ``\x7e``, which no text
    that reaches this place holds.
    """
    if "\n" not in text:
        return json.dumps(text, ensure_ascii=False)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""\n{escaped}"""'
