"""Strategies for patterns and messages that meet often: few names, few values of all kinds."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from pattern_reference import ANY, Part

NAMES = ["a", "b", "c-d", "e.f", "é"]
NUMBERS = [
    "0", "1", "-1", "2", "10", "1.0", "1e0", "1e3", "1E+3", "0.1", "-0.0", "0.001", "1e-4", "1e7",
    "123456.789", "1e308", "1e309", "-1e309", "1e-999", "9007199254740992", "9007199254740993",
    "1" + "0" * 400,
]  # fmt: skip
TEXTS = [
    "", "1", "1.0", "+1", "01", "1000.0", "foo", "foobar", "barfoo", "FOO", "true", "null", "*",
    "a b", "line\nend", 'say "hi"', "back\\slash", "café", "\ud800", "Infinity", "%foo%",
]  # fmt: skip
LITERALS = [
    "0", "1", "+1", "-1", "1.0", "1e0", "1e3", ".1", "1.", "-0", "1e308", "1e400", "1e-999",
    "9007199254740993", "9007199254740992", "10",
]  # fmt: skip
GLOBS = ["*", "foo*", "*foo", "*foo*", "1*", "*0", "*.*", "*é", "* b"]
REGEXES = ["foo", "^foo$", "o+b", "[0-9]", "^1", "a.b", "\\x22", "E-?[0-9]", "^.?$", "fo{1,2}"]
BLANKS = st.sampled_from(["", " ", "  ", "\n", "\t "])
BLANK = st.sampled_from([" ", "  ", "\n", "\t "])


def quoted(text: str) -> str:
    """Write a text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# --- Patterns ------------------------------------------------------------------------------------

_NAME = st.sampled_from(NAMES)
_INDEX = st.integers(0, 2)


@st.composite
def steps(draw: st.DrawFn) -> tuple[Any, ...]:
    """Draw the steps of a selector, with at most one wildcard."""
    found: list[Any] = [draw(_NAME), *draw(st.lists(st.one_of(_NAME, _INDEX), max_size=2))]
    if draw(st.integers(0, 3)) == 0:
        found.insert(draw(st.integers(0, len(found))), ANY)
    if isinstance(found[0], int) or (found[0] == ANY and isinstance(found[1], int)):
        found.insert(0, "a")
    return tuple(found)


def written_steps(selector: tuple[Any, ...]) -> str:
    """Write a selector."""
    text = "$"
    for index, step in enumerate(selector):
        if step == ANY:
            text += ".*" if index == 0 else ANY
        elif isinstance(step, int):
            text += f"[{step}]"
        elif "." in step:
            text += f".['{step}']"
        else:
            text += f".{step}"
    return text


operands = st.one_of(
    st.tuples(st.just("number"), st.sampled_from(LITERALS)),
    st.tuples(st.just("text"), st.sampled_from([t for t in TEXTS if "*" not in t])),
    st.tuples(st.just("glob"), st.sampled_from(GLOBS)),
)
regexes = st.tuples(st.just("regex"), st.sampled_from(REGEXES))
orderings = st.tuples(
    st.sampled_from(["<", "<=", ">", ">="]),
    st.tuples(st.just("number"), st.sampled_from(LITERALS)),
)
equalities = st.tuples(st.sampled_from(["=", "!="]), operands)
comparisons = st.one_of(equalities, orderings)


def _clauses(subject: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw comparisons of a subject."""
    return st.tuples(subject, comparisons).map(lambda pair: ("compare", pair[0], *pair[1]))


json_clauses = st.one_of(
    _clauses(steps()),
    _clauses(steps()),
    st.tuples(st.just("is"), steps(), st.sampled_from(["NULL", "TRUE", "FALSE"])),
    st.tuples(st.just("not exists"), steps()),
)


def _joined(clauses: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Join clauses into conditions."""
    return st.recursive(
        clauses,
        lambda inner: st.tuples(
            st.sampled_from(["all", "any"]), st.lists(inner, min_size=2, max_size=3)
        ),
        max_leaves=5,
    )


def wild(part: Part) -> int:
    """Count the selectors with a wildcard."""
    if part[0] in {"all", "any"}:
        return sum(map(wild, part[1]))
    return int(ANY in part[1])


json_patterns = _joined(json_clauses).filter(lambda part: wild(part) <= 3)
lone_regexes = st.tuples(steps(), st.sampled_from(["=", "!="]), regexes).map(
    lambda drawn: ("compare", *drawn)
)


@st.composite
def written(draw: st.DrawFn, part: Part, *, outer: int = 0) -> str:
    """Write a condition, with blanks and parentheses where they may be.

    ``outer`` is 0 at the start of a group, 1 beneath "||" and 2 beneath "&&".
    """
    gap = draw(BLANKS)
    if part[0] in {"all", "any"}:
        level, sign = (2, "&&") if part[0] == "all" else (1, "||")
        parts = [draw(written(inner, outer=level)) for inner in part[1]]
        text = f"{gap}{sign}{gap}".join(parts)
        # Parentheses keep a group that joins like the one around it, so that the tree is the same.
        needed = outer >= level
    else:
        text, needed = draw(_written_clause(part)), False
    if needed or draw(st.integers(0, 5)) == 0:
        text = f"({gap}{text}{gap})"
    return text


@st.composite
def _written_clause(draw: st.DrawFn, part: Part) -> str:
    """Write a single clause."""
    gap, blank = draw(BLANKS), draw(BLANK)
    case = draw(st.sampled_from([str.upper, str.lower, str.title]))
    subject = part[1] if isinstance(part[1], str) else written_steps(part[1])
    if part[0] == "is":
        return f"{subject}{blank}{case('IS')}{blank}{case(part[2])}"
    if part[0] == "not exists":
        return f"{subject}{blank}{case('NOT')}{blank}{case('EXISTS')}"
    kind, literal = part[3]
    if kind == "regex":
        literal = f"%{literal}%"
    elif kind != "number":
        bare = literal and all(sign.isalpha() or sign in "*." for sign in literal)
        if not bare or literal == "null" or draw(st.booleans()):
            literal = quoted(literal)
    return f"{subject}{gap}{part[2]}{gap}{literal}"


@st.composite
def fields(draw: st.DrawFn) -> list[Any]:
    """Draw the fields of a space-delimited pattern."""
    found: list[Any] = []
    for name in draw(st.lists(st.sampled_from(["x", "y", "z_1", None]), min_size=1, max_size=4)):
        if name is None or any(name == field[0] for field in found):
            found.append((None, None))
        elif draw(st.booleans()):
            found.append((name, None))
        else:
            found.append((name, draw(_joined(_clauses(st.just(name))))))
    if draw(st.booleans()):
        found.insert(draw(st.integers(0, len(found))), "...")
    # "[]" and a single blank field are written alike; the first is "...".
    return ["..."] if found == [(None, None)] else found


@st.composite
def written_fields(draw: st.DrawFn, drawn: list[Any]) -> str:
    """Write a space-delimited pattern."""
    parts = []
    for field in drawn:
        if field == "...":
            parts.append("...")
        elif field[1]:
            parts.append(draw(written(field[1])))
        else:
            parts.append(field[0] or "")
    return "[" + ",".join(draw(BLANKS) + part + draw(BLANKS) for part in parts) + "]"


terms = st.lists(
    st.tuples(
        st.sampled_from(["", "-", "?"]),
        st.sampled_from(["foo", "bar", "1", "a b", "café", 'say "hi"', "\n", "*", "."]),
    ),
    max_size=4,
)


@st.composite
def written_terms(draw: st.DrawFn, drawn: list[tuple[str, str]]) -> str:
    """Write an unstructured pattern."""
    text = draw(BLANKS)
    for sign, word in drawn:
        bare = all(c.isalnum() or c == "." for c in word) and draw(st.booleans())
        gap = draw(BLANKS) if sign == "-" else ""
        text += f"{sign}{gap}{word if bare else quoted(word)}{draw(BLANK)}"
    return text


# --- Messages ------------------------------------------------------------------------------------


@st.composite
def json_texts(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw a JSON text, with blanks, escapes and duplicate keys."""
    kinds = ["number", "text", "word"] + ["array", "object"] * (2 if depth else 0)
    kind = draw(st.sampled_from(kinds))
    if kind == "number":
        return draw(st.sampled_from(NUMBERS))
    if kind == "word":
        return draw(st.sampled_from(["true", "false", "null"]))
    if kind == "text":
        return json.dumps(draw(st.sampled_from(TEXTS)), ensure_ascii=draw(st.booleans()))
    if kind == "array":
        inner = draw(st.lists(json_texts(depth=depth - 1), max_size=3))
        return f"[{draw(BLANKS_JSON).join(['', ','.join(inner), ''])}]"
    return draw(json_objects(depth=depth))


BLANKS_JSON = st.sampled_from(["", " ", "\n", "\t "])


@st.composite
def json_objects(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw a JSON object."""
    pairs = draw(st.lists(st.tuples(_NAME, json_texts(depth=max(depth - 1, 0))), max_size=4))
    gap = draw(BLANKS_JSON)
    inner = ",".join(f"{gap}{json.dumps(name)}{gap}:{gap}{value}" for name, value in pairs)
    return f"{{{inner}{gap}}}"


broken = st.sampled_from(
    ["", "x", "[1,2]", '{"a":1} x', '{"a":NaN}', '{"a":1', '{"a":1,}', "{a:1}"]
)
json_messages = st.one_of(json_objects(), json_objects(), json_objects(), broken)

line_messages = st.lists(
    st.sampled_from(
        ["foo", "1", "1.0", "+1", "bar", '"a b"', '"', "[", "]", "[foo 1]", '""', "[]", '"x"y',
         " ", "  ", "\t", "café", "1e309", "1e3", "foobar", 'say "hi"', ".", "*"]
    ),
    max_size=7,
).map(" ".join)  # fmt: skip
