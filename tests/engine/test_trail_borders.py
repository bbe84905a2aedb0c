"""Whatever stands in a trail file, the engine finds the records that the plain way finds."""

from __future__ import annotations

import gzip
import random
import tomllib
from pathlib import Path
from typing import Any

import pytest

from engine_kit import plain_matches, seeded
from trailbell import Engine, LogEvent, Match, Rule
from trailbell.decode import Form, decode
from trailbell.errors import UnreadableError
from trailbell.sources.files import find

RULES = [
    Rule("named", "{ $.eventName = DeleteTrail }"),
    Rule("nested", "{ $.x[1].eventName = DeleteTrail }"),
    Rule("any", "{ $.x[*].eventName = DeleteTrail }"),
    Rule("term", "DeleteTrail"),
    Rule("end", '{ $.end = "farbehind" }'),
]
RECORDS = {
    "HIT": '{"eventVersion":"1","eventName":"DeleteTrail"}',
    "NOT": '{"eventVersion":"1","eventName":"GetTrail"}',
    "END": '{"eventVersion":"1","end":"farbehind"}',
}
CASES = tomllib.loads((Path(__file__).parent / "trail_borders.toml").read_text())["case"]


def written(text: str) -> bytes:
    """Put records for the words that stand for them."""
    for word, record in RECORDS.items():
        text = text.replace(word, record)
    return text.encode()


def plainly(path: Path) -> list[Match]:
    """Give the matches in a file the plain way."""
    items = decode(next(find([str(path)])), Form.TRAIL)
    return plain_matches(RULES, [item for item in items if isinstance(item, LogEvent)])


def packings(text: bytes) -> list[bytes]:
    """Give a file as it is, gzipped, and as several gzip members."""
    middle = len(text) // 2
    members = [gzip.compress(part, 1, mtime=0) for part in (text[:middle], b"", text[middle:])]
    return [text, gzip.compress(text, 1, mtime=0), b"".join(members)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_borders(case: dict[str, Any], tmp_path: Path) -> None:
    """The records are told apart, and numbered, as by a look at every byte."""
    path = tmp_path / "trail.json"
    for data in packings(written(case["text"])):
        path.write_bytes(data)
        found = Engine(RULES).match_trail_file(data, str(path))
        assert case["found"] == [[m.rule.name, m.event.origin.position] for m in found]
        assert plainly(path) == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"Records":[HIT,NOT],"Records":null,"x":[NOT]}', "it has no list"),
        ('{"Records":[HIT,NOT]} and more', "it is not JSON"),
        ('{"Records":[HIT]}{"Records":5}', "it has no list"),
        ('{"Records":[HIT,NOT]}{"x":[{}]}', "it has no list"),
        ('{"Records":[HIT],"x":nothing}', "is no trail file"),
        ('["Records",HIT]', "it is not JSON from byte 0 on"),
        (" \n", "it is empty"),
    ],
)
def test_error_of_files_of_another_shape(text: str, reason: str, tmp_path: Path) -> None:
    """What the plain way cannot read is refused, and none of its records is given."""
    path = tmp_path / "trail.json"
    path.write_bytes(written(text))
    assert [] == plainly(path)
    with pytest.raises(UnreadableError, match=reason):
        Engine([*RULES, Rule("every", "-absent")]).match_trail_file(written(text))


# Pieces of records that are easily taken for borders; and what may stand around records.
TEXTS = [
    "a",
    "]",
    "[{",
    "}]}",
    '\\"},{\\"eventVersion\\":\\"',
    "\\\\",
    "DeleteTrail",
    "\\u005b",
    ",",
]
BORDERS = [","] * 12 + [" ,", ",\n", "\t,\r"]
TAILS = ["]}"] * 6 + [
    '],"x":[NOT,HIT]}',
    '],"Records":[NOT,HIT,NOT]}',
    ' ] , "Records" : [END,NOT]}',
    '],"y":{"Records":[HIT,NOT]},"x":[{}]}',
    "]}\n",
    ']}{"Records":[HIT,NOT]}',
]


def drawn_value(rng: random.Random, depth: int) -> str:
    """Write a value that looks like records, or like the spaces between them."""
    kind = rng.choice(["text", "text", "list", "object", "word", "number"])
    if kind == "text" or depth > 3:
        return f'"{"".join(rng.choices(TEXTS, k=rng.randint(0, 3)))}"'
    if kind == "list":
        items = [drawn_value(rng, depth + 1) for _ in range(rng.randint(0, 4))]
        return f"[{','.join(items)}]"
    if kind == "object":
        return drawn_record(rng, depth + 1)
    return rng.choice(list(RECORDS)) if kind == "word" else rng.choice(["0", "true", "null"])


def drawn_record(rng: random.Random, depth: int = 0) -> str:
    """Write an object that mostly begins as records do."""
    names = rng.sample(["eventName", "x", "end", "Records", "]", "[{", "eventVersion"], k=3)
    if rng.random() < 0.8:
        names.insert(0, "eventVersion")
    members = [f'"{name}":{drawn_value(rng, depth)}' for name in names]
    return f"{{{','.join(members)}}}"


@pytest.mark.parametrize("seed", range(60))
def test_drawn_files(seed: int, tmp_path: Path) -> None:
    """Files of look-alikes at every depth have the matches of the plain way."""
    rng = seeded(seed)
    path = tmp_path / "trail.json"
    for _ in range(10):
        text = '{"Records":['
        for number in range(rng.randint(1, 12)):
            text += rng.choice(BORDERS) if number else ""
            text += rng.choice(list(RECORDS)) if rng.random() < 0.4 else drawn_record(rng)
        data = written(text + rng.choice(TAILS))
        path.write_bytes(data)
        assert plainly(path) == Engine(RULES).match_trail_file(data, str(path))
        for packed in packings(data)[1:]:
            assert plainly(path) == Engine(RULES).match_trail_file(packed, str(path))
