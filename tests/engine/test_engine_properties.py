"""The engine answers as the plain evaluation does, for patterns and messages drawn together."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import pattern_strategies as drawn
from engine_kit import packed, payload, plain_matches, trail_file
from trailbell import Engine, LogEvent, PatternSyntaxError, Rule
from trailbell.decode import decode_subscription

WORDS = ["DeleteTrail", "longer text", "foobar/x", "a\\b", 'say "hi"', "café au lait", "1234"]
OPERATIONS = ["=", "!="]


@st.composite
def json_with_words(draw: st.DrawFn) -> str:
    """Draw a JSON pattern whose literals are long enough to be looked for."""
    clauses = []
    for _ in range(draw(st.integers(1, 3))):
        steps = drawn.written_steps(draw(drawn.steps().filter(lambda steps: "*" not in steps)))
        ends = draw(st.sampled_from([("", ""), ("*", ""), ("", "*"), ("*", "*")]))
        word = draw(st.sampled_from(WORDS))
        value = drawn.quoted(f"{ends[0]}{word}{ends[1]}")
        clauses.append(f"{steps} {draw(st.sampled_from(OPERATIONS))} {value}")
    return f"{{ {draw(st.sampled_from([' && ', ' || '])).join(clauses)} }}"


patterns = st.one_of(
    json_with_words(),
    drawn.json_patterns.flatmap(drawn.written).map(lambda text: f"{{{text}}}"),
    drawn.fields().flatmap(drawn.written_fields),
    drawn.terms.flatmap(drawn.written_terms),
    st.sampled_from(WORDS).map(drawn.quoted),
    st.sampled_from(drawn.REGEXES).map(lambda body: f"%{body}%"),
)


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    """Draw a few rules, without those whose pattern turns out not to be legal."""
    found = []
    for number, pattern in enumerate(draw(st.lists(patterns, min_size=1, max_size=5))):
        try:
            found.append(Rule(f"rule-{number}", pattern))
        except PatternSyntaxError:
            continue
    return found


@st.composite
def records(draw: st.DrawFn) -> str:
    """Draw a JSON object that holds the words, written in one of the ways of JSON."""
    names = draw(st.lists(st.sampled_from(drawn.NAMES), min_size=1, max_size=4))
    parts = []
    for name in names:
        word = draw(st.sampled_from(WORDS))
        text = "".join(
            f"\\u{ord(sign):04x}" if sign in '"\\' or draw(st.integers(0, 30)) == 0 else sign
            for sign in word
        )
        value = draw(st.sampled_from([f'"{text}"', f'{{"a":"{text}"}}', f'["{text}",null]', "1"]))
        parts.append(f'"{name}"{draw(drawn.BLANKS_JSON)}:{value}')
    return "{" + ",".join(parts) + "}"


messages = st.lists(
    st.one_of(records(), drawn.json_messages, drawn.line_messages), min_size=1, max_size=4
).map(lambda drawn: [text.encode("utf-8", "replace").decode() for text in drawn])


@settings(max_examples=300, deadline=None)
@given(rules(), messages)
def test_payloads(given_rules: list[Rule], texts: list[str]) -> None:
    """A payload gives the matches of its events, and so do the events themselves."""
    data = packed(payload(texts))
    events = [item for item in decode_subscription(data, "x") if isinstance(item, LogEvent)]
    expected = plain_matches(given_rules, events)
    engine = Engine(given_rules)
    assert expected == engine.match_subscription(data)
    assert expected == engine.match(events)


@settings(max_examples=200, deadline=None)
@given(rules(), st.lists(records(), min_size=1, max_size=4))
def test_trail_files(given_rules: list[Rule], texts: list[str]) -> None:
    """A trail file gives the matches of its records, in their order."""
    expected = [(rule.name, text) for text in texts for rule in given_rules if rule.holding(text)]
    found = Engine(given_rules).match_trail_file(trail_file(texts))
    assert expected == [(match.rule.name, match.event.message) for match in found]
