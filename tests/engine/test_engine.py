"""The engine gives what the plain evaluation gives, on everything that can be found or made up."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine_kit import (
    ODD,
    SHARED,
    compact,
    compiled,
    made_rules,
    packed,
    payload,
    plain_matches,
    reworded,
    seeded,
    shared_messages,
    shipped_rules,
    story_records,
    trail_file,
)
from trailbell import Engine, LogEvent, Match, Rule
from trailbell.decode import Form, decode, decode_subscription
from trailbell.engine.plan import Plan
from trailbell.model import NamedPattern
from trailbell.sources.files import find

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LINES = [
    "2 111122223333 eni-0a1b2c 10.0.0.5 10.0.0.9 443 49152 6 12 4096 1700000000 1700000060 REJECT",
    '203.0.113.7 - alice [10/Oct/2026:13:55:36 +0000] "GET /login HTTP/1.1" 404 2326',
    "ERROR  payment failed after 3 tries\tcode=17",
    'start "1" 5',
    '"500"',
    "[7]rest",
    "a\n401\n",
    ODD,
    "",
]


def decoded_payload(data: str) -> list[LogEvent]:
    """Decode a payload the plain way."""
    return [item for item in decode_subscription(data, "here") if isinstance(item, LogEvent)]


def decoded_file(path: Path) -> list[LogEvent]:
    """Decode a trail file the plain way."""
    return [
        item for item in decode(next(find([str(path)])), Form.TRAIL) if isinstance(item, LogEvent)
    ]


def is_json(message: str) -> bool:
    """Tell whether a message can stand in a list of records, in which it may be none itself."""
    try:
        return isinstance(json.loads(message), dict)
    except ValueError:
        return False


def check_everywhere(rules: Sequence[Rule], messages: Sequence[str], folder: Path) -> list[Match]:
    """Compare all three doors of an engine with the plain evaluation; give the matches.

    Rules of which every event must be asked hide the shortcuts, so the others are tried alone too.
    """
    needy = [rule for rule in rules if not Plan(compiled([rule])).open]
    if len(needy) < len(rules):
        check_doors(Engine(needy), needy, messages, folder)
    return check_doors(Engine(rules), rules, messages, folder)


def check_doors(
    engine: Engine, rules: Sequence[Rule], messages: Sequence[str], folder: Path
) -> list[Match]:
    """Compare the doors of one engine with the plain evaluation."""
    data = packed(payload(messages))
    events = decoded_payload(data)
    expected = plain_matches(rules, events)
    assert expected == engine.match_subscription(data)
    assert expected == engine.match(events)
    if records := [message for message in messages if is_json(message)]:
        file = folder / "trail.json.gz"
        file.write_bytes(gzip.compress(trail_file(records), 1))
        expected_records = plain_matches(rules, decoded_file(file))
        assert expected_records == engine.match_trail_file(file.read_bytes(), str(file))
    return expected


def test_shipped_rules_on_the_story(tmp_path: Path) -> None:
    """Every shipped rule finds in the demo what it finds by itself."""
    assert check_everywhere(shipped_rules(), story_records(), tmp_path)


@pytest.mark.parametrize("seed", range(6))
def test_made_rules_on_the_story_and_lines(seed: int, tmp_path: Path) -> None:
    """Made-up rules of all kinds find in records and lines what they find by themselves."""
    messages = story_records() + LINES
    assert check_everywhere(made_rules(messages, 100, seed), messages, tmp_path)


@pytest.mark.parametrize("seed", range(6))
def test_made_rules_on_records_in_other_words(seed: int, tmp_path: Path) -> None:
    """Escapes, spaces, another order and duplicate keys change no answer."""
    rng = seeded(seed)
    records = story_records()
    rules = made_rules(records, 100, seed) + shipped_rules()
    assert check_everywhere(rules, [reworded(text, rng) for text in records], tmp_path)


@pytest.mark.skipif(not SHARED.exists(), reason="needs the records beside the project")
@pytest.mark.parametrize("seed", range(int(os.environ.get("TRAILBELL_SEEDS", "1"))))
def test_rules_on_all_shared_records(seed: int, tmp_path: Path) -> None:
    """Shipped and made-up rules find in all real records what they find by themselves.

    ``TRAILBELL_SEEDS`` says how many sets of rules are made up.
    """
    messages = shared_messages()
    seeded(seed).shuffle(messages)
    rules = made_rules(messages, 200, seed) + shipped_rules()
    assert check_everywhere(rules, messages, tmp_path)


@pytest.mark.parametrize(
    ("pattern", "message", "holds"),
    json.loads((Path(__file__).parent / "traps.json").read_text()),
)
def test_traps(pattern: str, message: str, *, holds: bool, tmp_path: Path) -> None:
    """What looks alike is told apart, and what looks different is found."""
    other = compact({"eventName": "Other", "note": "nothing here"})
    found = check_everywhere([Rule("trap", pattern)], [other, message, other], tmp_path)
    assert ([message] if holds else []) == [match.event.message for match in found]


NUMBERS = ["[a>1,...]", "[a,b>1,...]", "[...,a>1]", "[...,a>1,b]", "[a,b,c=5]", "[a=5,b]"]
FILLERS = ["x" * 10_000] * 40
PIECES = ["5", "+5.", ".5e1", "x", "é", *' \t\n\f\v\r"[]\\{/', ' ["5"]5', f" [{'y' * 999}]5 "]


@pytest.mark.parametrize("seed", range(40))
def test_numbers_are_found_wherever_a_token_can_be_one(seed: int, tmp_path: Path) -> None:
    """White space of any kind, quotes and brackets around a number hide none from the scan."""
    rng = seeded(seed)
    rules = [Rule(pattern, pattern) for pattern in NUMBERS]
    messages = ["".join(rng.choices(PIECES, k=rng.randint(0, 9))) for _ in range(60)]
    assert 0 == Plan(compiled(rules)).open
    assert check_everywhere(rules, messages, tmp_path)
    # Where numbers are few, their places are asked before events are taken out.
    data = packed(payload([*messages, *FILLERS]))
    assert plain_matches(rules, decoded_payload(data)) == Engine(rules).match_subscription(data)


SPACED = '{{"s":{0}"{2}",{1}"a":{0}5{0},{0}"b":{1}"{2}"{0}}}'
FARTHER = ["[a,b,c,d>1,...]", "[a,b,c,d,e>1,...]", "[a,b,c,d,e,f>1,...]"]
BLANKS = ["", "", " ", "\t", "\r\n", "  "]
WORDS = ["5 ", " 5 ", "x ", " +5. ", "é ", '\\"', ' \\"', " [", "] ", "\\t5 ", "y" * 150, "z " * 9]


@pytest.mark.parametrize("seed", range(40))
def test_numbers_in_records_are_found_wherever_they_stand(seed: int) -> None:
    """Among the tokens of a record, in strings or beside them, no number is lost."""
    rng = seeded(seed)
    rules = [Rule(pattern, pattern) for pattern in NUMBERS + FARTHER]
    texts = [
        SPACED.format(*rng.choices(BLANKS, k=2), "".join(rng.choices(WORDS, k=rng.randint(0, 7))))
        for _ in range(15)
    ]
    # Where numbers are few, their places are asked before they are taken for finds.
    texts += [f'{{"filler":"{text}"}}' for text in FILLERS]
    rng.shuffle(texts)
    expected = [(rule.name, text) for text in texts for rule in rules if rule.holding(text)]
    engine = Engine(rules)
    found = engine.match_trail_file(trail_file(texts))
    assert expected == [(match.rule.name, match.event.message) for match in found]
    assert 0 == engine.counts.fallbacks


def test_several_patterns(tmp_path: Path) -> None:
    """A rule of several patterns matches an event once, by the first pattern that holds."""
    patterns = {"stopped": "{ $.a = stop* }", "any": "{ $.a = * }", "counted": "{ $.b > 3 }"}
    named = tuple(NamedPattern(name, text) for name, text in patterns.items())
    rules = [Rule("several", patterns=named), Rule("stops", '{ $.a = "stop*" }')]
    messages = ['{"a": "stopped", "b": 7}', '{"a": "begun"}', '{"b": 4}', '{"b": 3}']
    found = check_everywhere(rules, messages, tmp_path)
    assert [
        ("several", "stopped"),
        ("stops", ""),
        ("several", "any"),
        ("several", "counted"),
    ] == [(match.rule.name, match.pattern) for match in found]


def test_matches_come_batch_by_batch() -> None:
    """Of a stream without an end, no more than a batch is read before its matches are given."""
    read = 0

    def endless() -> Iterator[LogEvent]:
        nonlocal read
        while True:
            read += 1
            yield LogEvent("x" * 16_000 + " stop")

    found = Engine([Rule("stops", "stop")]).matches(endless())
    assert "stops" == next(found).rule.name
    assert read <= 300
