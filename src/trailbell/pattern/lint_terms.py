"""Find what is doubtful in unstructured patterns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from trailbell.pattern import nodes
from trailbell.pattern.finding import Finding, legal
from trailbell.pattern.lexer import WHITESPACE
from trailbell.pattern.nodes import Sign

_WORDS = {"AND", "OR", "NOT"}


def terms_findings(pattern: str, root: nodes.Terms) -> Iterator[Finding]:
    """Find what is doubtful in a pattern of terms."""
    # Terms that were not meant as such make optional ones idle, and no others.
    unmeant = [*_joined(pattern, root), *_words(pattern, root)]
    yield from unmeant or _ignored(pattern, root)
    yield from _contradictions(pattern, root)


def _joined(pattern: str, root: nodes.Terms) -> list[Finding]:
    """Find a "-" or "?" inside a word, which begins another term."""
    runs = {}
    for run in re.finditer(rf"[^{WHITESPACE}]+", pattern):
        terms = [
            term
            for term in root.terms
            if run.start() < term.span.end and term.span.start < run.end()
        ]
        if len(terms) > 1 and '"' not in run[0]:
            runs[run] = terms
    suggestion = pattern
    for run, (first, *_) in reversed(runs.items()):
        # The sign before a word is meant, those inside it are not.
        sign = first.sign if first.span.start == run.start() else ""
        quoted = f'{sign}"{run[0].removeprefix(sign)}"'
        suggestion = suggestion[: run.start()] + quoted + suggestion[run.end() :]
    return [
        Finding(
            "joined-terms",
            *run.span(),
            f'"{inside.sign}" begins a term, also inside a word: this is read as '
            + " ".join(pattern[slice(*term.span)] for term in (first, inside, *others)),
            legal(suggestion),
        )
        for run, (first, inside, *others) in runs.items()
    ]


def _ignored(pattern: str, root: nodes.Terms) -> Iterator[Finding]:
    """Find optional terms beside others, which have no effect."""
    optional = root.signed(Sign.OPTIONAL)
    if not optional or not root.drops_optional:
        return
    yield Finding(
        "ignored-optional",
        optional[0].span.start,
        optional[-1].span.end,
        'a term with "?" has no effect beside terms without: '
        "it can only be one of several to choose from",
        _with_optional(pattern, root),
    )


def _with_optional(pattern: str, root: nodes.Terms) -> str | None:
    """Write what was probably meant by optional terms beside others."""
    required, excluded, optional = (
        [pattern[slice(*term.span)] for term in root.signed(sign)]
        for sign in (Sign.REQUIRED, Sign.EXCLUDED, Sign.OPTIONAL)
    )
    if len(optional) == 1 and excluded:
        return legal(" ".join([*required, optional[0][1:], *excluded]))
    if excluded:
        return None
    if len(optional) == 1:
        terms = (pattern[slice(*term.span)] for term in root.terms)
        return legal(" ".join(f"?{term.removeprefix('?')}" for term in terms))
    return _any_with_all(root)


def _any_with_all(root: nodes.Terms) -> str | None:
    """Write "one of these, and that" as a regex, for one term and alternatives on one line."""
    required = root.signed(Sign.REQUIRED)
    texts = [term.text for term in root.terms]
    if len(required) != 1 or not all(re.fullmatch(r"[A-Za-z0-9_ ]+", text) for text in texts):
        return None
    that = required[0].text
    both = [f"{term.text}.*{that}|{that}.*{term.text}" for term in root.signed(Sign.OPTIONAL)]
    return legal(f"%{'|'.join(both)}%")


def _contradictions(pattern: str, root: nodes.Terms) -> Iterator[Finding]:
    """Find an excluded term that every message with a required one contains."""
    pairs = itertools.product(root.signed(Sign.REQUIRED), root.signed(Sign.EXCLUDED))
    for required, excluded in pairs:
        if excluded.text in required.text:
            reason = (
                f"a message with {pattern[slice(*required.span)]} also contains what "
                f"{pattern[slice(*excluded.span)]} excludes, so this never matches"
            )
            yield Finding("never-holds", *excluded.span, reason)
            return


def _words(pattern: str, root: nodes.Terms) -> Iterator[Finding]:
    """Find operators of other languages, which are terms here."""
    for index, term in enumerate(root.terms):
        bare = pattern[slice(*term.span)]
        if bare in _WORDS and len(root.terms) > 1:
            reason = f"{bare} is no operator: it is looked for in the message, like any term"
            yield Finding("operator-as-term", *term.span, reason, _without(pattern, root, index))
            return


def _without(pattern: str, root: nodes.Terms, index: int) -> str | None:
    """Write a pattern without the operators of other languages."""
    terms = [pattern[slice(*term.span)] for term in root.terms]
    words = [term for term in terms if term in _WORDS]
    kept = [term for term in terms if term not in _WORDS]
    if set(words) == {"OR"} and all(term.sign is Sign.REQUIRED for term in root.terms):
        return legal(" ".join(f"?{term}" for term in kept))
    if set(words) == {"AND"}:
        return legal(" ".join(kept))
    if set(words) <= {"AND", "NOT"} and index + 1 < len(terms):
        return legal(" ".join(terms).replace("NOT ", "-").replace("AND ", ""))
    return None
