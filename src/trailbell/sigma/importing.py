"""The documents of Sigma rules → the rules of a rule file, and what became of each document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trailbell.preview import preview
from trailbell.sigma.documents import Document
from trailbell.sigma.refusal import Kind, RefusedError, inexpressible
from trailbell.sigma.rules import ImportedRule, import_rule, unique_name


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say what became of one document.

    ``name`` is that of the rule, None where it was not imported, for the ``reason``; ``notes`` are
    what a reader should know of a rule that was.
    """

    path: str
    line: int
    title: str
    id: str
    name: str | None = None
    kind: Kind | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """Hold the rules that were made, and what became of every document, in their order."""

    rules: tuple[ImportedRule, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def summary(self) -> str:
        """Return a line such as ``imported 2 of 3 rules, 1 not: 1 broken``."""
        line = f"imported {len(self.rules)} of {len(self.outcomes)} rules"
        counts = Counter(one.kind for one in self.outcomes if one.kind)
        if not counts:
            return line
        kinds = ", ".join(f"{counts[kind]} {kind}" for kind in Kind if counts[kind])
        return f"{line}, {counts.total()} not: {kinds}"


def import_documents(documents: Sequence[Document], *, any_case: bool = False) -> Import:
    """Import the rules of documents; a rule that cannot be is told, and stops no other.

    ``any_case`` compares also what AWS spells in any case.
    """
    counted = _counted(documents)
    collections = {one.path for one in documents if "action" in one.content}
    rules: list[ImportedRule] = []
    outcomes = []
    for document in documents:
        outcome = Outcome(document.path, document.line, document.title, document.id)
        try:
            _check(document, counted, collection=document.path in collections)
            rule, notes = import_rule(document.content, any_case=any_case)
        except RefusedError as error:
            outcomes.append(replace(outcome, kind=error.kind, reason=str(error)))
            continue
        rule = replace(rule, name=unique_name(rule.name, (one.name for one in rules)))
        rules.append(rule)
        outcomes.append(replace(outcome, name=rule.name, notes=notes))
    return Import(tuple(rules), tuple(outcomes))


def _counted(documents: Iterable[Document]) -> dict[str, str]:
    """Return ids and names of the rules that are counted only, each with the title of what does.

    A rule that a correlation refers to gives no alerts of its own, unless ``generate`` says so.
    https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md
    """
    found: dict[str, str] = {}
    for document in documents:
        correlation = document.content.get("correlation")
        if isinstance(correlation, dict) and correlation.get("generate") is not True:
            rules = correlation.get("rules")
            names = rules if isinstance(rules, list) else [rules]
            found |= {name: document.title for name in names if isinstance(name, str)}
    return found


def _check(document: Document, counted: dict[str, str], *, collection: bool) -> None:
    """Raise RefusedError where a document is no rule by itself."""
    content = document.content
    if document.problem:
        raise RefusedError(Kind.BROKEN, document.problem)
    if "correlation" in content:
        raise RefusedError(Kind.CORRELATION, _about_correlation(content["correlation"]))
    if "filter" in content:
        raise RefusedError(
            Kind.CORRELATION, "a filter of other rules; write it as an exception of them"
        )
    if collection:
        raise inexpressible('its file has "action", which makes one rule of several documents')
    for name in (content.get("id"), content.get("name")):
        if isinstance(name, str) and name in counted:
            raise RefusedError(Kind.CORRELATION, f"it is only counted, by {preview(counted[name])}")


def _about_correlation(correlation: Any) -> str:  # noqa: ANN401  whatever stands in the file
    """Say of a correlation why it is not imported, and what comes near."""
    kind = correlation.get("type") if isinstance(correlation, dict) else None
    said = f"a correlation ({preview(kind) if isinstance(kind, str) else 'of no type'})"
    if kind != "event_count":
        return f"{said}, and a threshold counts the events of one rule alone"
    return (
        f"{said}: near to it, not the same, is a threshold on the rule that it counts, whose"
        " windows are aligned and whose stories are told apart by their outcome too"
    )
