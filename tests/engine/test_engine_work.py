"""The engine does little work, refuses what cannot be read, and falls back where it must."""

from __future__ import annotations

import base64
import gzip
import json
import threading

import pytest

from engine_kit import compact, packed, payload, plain_matches, story_records, trail_file
from trailbell import Engine, LogEvent, Match, Rule
from trailbell.decode import decode_subscription
from trailbell.errors import UnreadableError

NAMED = Rule("named", "{ $.eventName = DeleteTrail }")
OTHER = '{"eventName":"GetTrail","userAgent":"cli"}'
HIT = '{"eventName":"DeleteTrail","userAgent":"cli"}'


def events_of(data: str) -> list[LogEvent]:
    """Decode a payload the plain way."""
    return [item for item in decode_subscription(data, "x") if isinstance(item, LogEvent)]


def test_only_what_holds_a_need_is_looked_at() -> None:
    """Of a thousand events the one that holds the literal is asked, of one rule, and in part."""
    rules = [Rule(f"rule-{n}", f"{{ $.eventName = Unheard{n}Of }}") for n in range(500)]
    engine = Engine([*rules, NAMED])
    found = engine.match_subscription(packed(payload([OTHER] * 999 + [HIT])))
    assert [HIT] == [match.event.message for match in found]
    counts = engine.counts
    assert (1, 0, 1, 1, 0, 1) == (
        counts.batches,
        counts.fallbacks,
        counts.located,
        counts.glanced,
        counts.parsed,
        counts.evaluated,
    )


def test_a_rule_without_a_literal_costs_itself() -> None:
    """It is asked of every event, and the others are not."""
    engine = Engine([NAMED, Rule("odd", "-DeleteTrail -cli")])
    assert [] == engine.match_subscription(packed(payload([OTHER] * 10)))
    assert 10 == engine.counts.evaluated


def test_space_delimited_rules_are_ruled_out_by_tokens() -> None:
    """A rule that needs a number in its second field is not evaluated where none stands there."""
    engine = Engine([Rule("slow", "[a, took > 5, ...]")])
    texts = ["a b 7", "a 6 b", '{"eventName":"x y 7 z"}']
    found = engine.match_subscription(packed(payload(texts)))
    assert ["a 6 b"] == [match.event.message for match in found]
    assert 1 == engine.counts.evaluated


def test_numbers_elsewhere_are_left_where_they_stand() -> None:
    """An event is not taken out for a number at another place than a rule asks, or beyond it."""
    rules = [Rule("second", "[a, took > 5, ...]"), Rule("last", "[..., status = 404, bytes]")]
    agent = '{"userAgent":"made in May 2023 by us","eventName":"x"}'
    texts = [agent, "a b c 7 d e", "a 4 b c", "a 6 b", "a b 500 -", "a b 404 -", "a [b 2] 6 c d"]
    engine = Engine(rules)
    found = engine.match_subscription(packed(payload([*texts, "x" * 40_000])))
    assert ["a 6 b", "a b 404 -"] == [match.event.message for match in found]
    # What brackets hold together is not counted in the bytes.
    assert 3 == engine.counts.located


def test_numbers_elsewhere_in_a_record_are_left_where_they_stand() -> None:
    """A record is not taken out for a number at another place than a rule asks."""
    engine = Engine([Rule("third", "[a, b, took > 5, ...]")])
    texts = [
        f'{{"a":"{text}"}}' for text in ("x y 7 z", "x 7 z", "x y 4 z", "x y z 7 .", "x" * 40_000)
    ]
    found = engine.match_trail_file(trail_file(texts))
    assert [texts[0]] == [match.event.message for match in found]
    assert 1 == engine.counts.located


def nested(kind: str) -> str:
    """Write a payload in which an entry that looks like an event stands within another key."""
    alike = {"id": "9", "timestamp": 1, "message": HIT}
    value = json.loads(payload([OTHER, OTHER]))
    if kind == "in an event":
        value["logEvents"][0]["extra"] = [{"a": "b"}, alike, alike]
    elif kind == "behind the events":
        value["extra"] = [alike, alike]
    elif kind == "before the events":
        value = {"extra": {"logEvents": [alike]}, **value}
    elif kind == "as a value":
        value["logEvents"][1]["extra"] = alike
    return compact(value)


@pytest.mark.parametrize(
    "kind", ["in an event", "behind the events", "before the events", "as a value"]
)
def test_look_alikes_of_events_are_none(kind: str) -> None:
    """What looks like an event but stands elsewhere in the payload is no event."""
    engine = Engine([NAMED])
    assert [] == engine.match_subscription(packed(nested(kind)))
    assert 1 == engine.counts.fallbacks


def reordered() -> str:
    """Write a payload with its keys, and those of its events, in another order and with spaces."""
    value = json.loads(payload([OTHER, HIT]))
    value["logEvents"] = [dict(reversed(event.items())) for event in value["logEvents"]]
    return json.dumps(dict(reversed(value.items())))


@pytest.mark.parametrize(
    "text",
    [
        reordered(),
        payload([OTHER, HIT]).replace("DeleteTrail", "\\u0044eleteTrail"),
        payload([OTHER, HIT]).replace('"message"', '"mess\\u0061ge"'),
        payload([OTHER, HIT]).replace("cli", "\\ud800"),
        payload([OTHER, HIT]) + " \n",
    ],
    ids=["order and spaces", "escapes", "escaped key", "half a surrogate", "blanks at the end"],
)
def test_payloads_in_other_words(text: str) -> None:
    """However a payload is written, it gives the same matches as the plain way."""
    data = packed(text)
    expected = plain_matches([NAMED], events_of(data))
    assert 1 == len(expected)
    assert expected == Engine([NAMED]).match_subscription(data)


def test_several_gzip_members() -> None:
    """All members of a gzip are read, of payloads and of trail files."""
    text = payload([OTHER, HIT]).encode()
    data = base64.b64encode(gzip.compress(text[:100]) + gzip.compress(text[100:])).decode()
    assert 1 == len(Engine([NAMED]).match_subscription(data))
    file = trail_file([OTHER, HIT])
    twice = gzip.compress(file[:30]) + gzip.compress(file[30:])
    assert 1 == len(Engine([NAMED]).match_trail_file(twice))


def test_control_messages_and_digests_have_no_matches() -> None:
    """They hold no events."""
    engine = Engine([NAMED])
    text = payload(["CWL CONTROL MESSAGE DeleteTrail"]).replace("DATA_M", "CONTROL_M")
    assert [] == engine.match_subscription(packed(text))
    digest = b'{"digestStartTime":"a","digestEndTime":"b","logFiles":[]}'
    assert [] == engine.match_trail_file(digest)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("!", "is not base64"),
        ("QUJD", "is neither gzip nor zlib"),
        (packed("{}"), "messageType"),
        (packed(payload([HIT])[:-4]), "is not JSON"),
        (packed(payload([HIT]).replace(compact(HIT), "5")), "message"),
        (packed(payload([OTHER * 100_000])), "inflates past 1,000 bytes"),
    ],
)
def test_error_of_payloads(data: str, reason: str) -> None:
    """What is no payload is refused with the reason, and counted."""
    engine = Engine([NAMED], cap=1000)
    with pytest.raises(UnreadableError, match=reason):
        engine.match_subscription(data)
    assert (1, 1) == (engine.counts.batches, engine.counts.unreadable)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "is no trail file"),
        (b'{"Records":5}', "is no trail file"),
        (b'{"a":1}', "it has no list"),
        (trail_file([HIT])[:-1], "is no trail file"),
        (gzip.compress(trail_file([HIT]))[:-1], "breaks off"),
        (trail_file([HIT] * 100), "is longer than 1,000 bytes"),
    ],
)
def test_error_of_trail_files(data: bytes, reason: str) -> None:
    """What is no trail file is refused with the reason, and counted."""
    engine = Engine([NAMED], cap=1000)
    with pytest.raises(UnreadableError, match=reason):
        engine.match_trail_file(data)
    assert (1, 1) == (engine.counts.batches, engine.counts.unreadable)


def test_bad_records_are_left_out_and_counted() -> None:
    """A record that is none, or nested too deep, does not hide the others."""
    deep = HIT[:-1] + ',"x":' + "[" * 300 + "]" * 300 + "}"
    broken = HIT[:-1] + ',"x":NaN}'
    engine = Engine([NAMED])
    found = engine.match_trail_file(trail_file([HIT, deep, broken, '"DeleteTrail"', HIT]))
    assert [1, 5] == [match.event.origin.position for match in found]
    assert 3 == engine.counts.unreadable


@pytest.mark.parametrize("term", ["}]}", "]}", "5}]}", "},{", "Records", '}]}"', "{}]"])
def test_what_reaches_over_the_end_of_a_record_is_not_in_it(term: str) -> None:
    """A text that only a record and what stands behind it have together is in neither."""
    texts = ['{"a":[{"b":5}]}', '{"c":"}]}"}', '{"d":[{}]}', '{"d":5}', '{"e":[{"}]}":5}]}']
    rule = Rule("term", f'"{term.replace(chr(34), chr(92) + chr(34))}"')
    expected = [text for text in texts if term in text]
    found = Engine([rule]).match_trail_file(trail_file(texts))
    assert expected == [match.event.message for match in found]
    found = Engine([rule]).match_subscription(packed(payload(texts)))
    assert expected == [match.event.message for match in found]


def test_attackers_cannot_hide_between_nested_records() -> None:
    """Records written into a record are no records, and hide none."""
    inner = '{"eventName":"GetTrail","x":[{"a":1},' + HIT + "," + HIT + "]}"
    found = Engine([NAMED]).match_trail_file(trail_file([inner, HIT]))
    assert [2] == [match.event.origin.position for match in found]


def test_threads_share_an_engine() -> None:
    """Threads that scan at once get the matches that one gets."""
    engine = Engine([NAMED])
    data = packed(payload(story_records() * 20 + [HIT]))
    expected = engine.match_subscription(data)
    found: list[list[Match]] = []
    threads = [
        threading.Thread(target=lambda: found.append(engine.match_subscription(data)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [expected] * 8 == found


def test_no_rules_match_nothing() -> None:
    """An engine without rules finds nothing anywhere."""
    engine = Engine([])
    assert [] == engine.match_subscription(packed(payload([HIT])))
    assert [] == engine.match_trail_file(trail_file([HIT]))
    assert [] == engine.match([LogEvent(HIT)])


def test_marks_of_records_within_a_record_are_not_borders() -> None:
    """A list of look-alikes behind the match does not cut its record short."""
    inner = '{"eventVersion":"1","a":1}'
    outer = f'{{"eventVersion":"1","eventName":"DeleteTrail","x":[{inner},{inner}]}}'
    found = Engine([NAMED]).match_trail_file(trail_file([outer, inner, outer, inner, inner]))
    assert [(1, outer), (3, outer)] == [(m.event.origin.position, m.event.message) for m in found]
