"""Whole files through the decoder."""

from __future__ import annotations

import base64
import gzip
import io
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.decode import Form, Limits, decode
from trailbell.model import Decoded, LogEvent, Origin, PassedOver, Remark, Unreadable

TABLE = tomllib.loads(Path(__file__).with_name("files.toml").read_text("utf-8"))
HINT = "(--format text reads every line as an event)"
TIGHT = Limits(document=400, line=100)


@dataclass(frozen=True)
class Piece:
    """A file that is bytes in memory."""

    content: bytes
    path: str = "x"

    def open(self) -> BinaryIO:
        """Open the bytes."""
        return io.BytesIO(self.content)


def decoded(
    content: bytes, form: Form | None = None, limits: Limits | None = None
) -> list[Decoded]:
    """Decode bytes as the file ``x``."""
    return list(decode(Piece(content), form, limits=limits or Limits()))


def written(item: Decoded) -> str:
    """Write an item as the table does."""
    match item:
        case Unreadable():
            return f"unreadable {item.place}: {item.reason}"
        case PassedOver():
            return f"{item.kind} {item.place}"
        case Remark():
            return f"remark {item.place}: {item.text}"
    origin = item.origin
    parts = [str(origin.position)]
    if item.timestamp is not None:
        parts += [origin.region] if origin.region else []
        parts += [f"{origin.log_group}/{origin.log_stream}", item.id, str(item.timestamp)]
    return " ".join([*parts, item.message]) + (" (mended)" if item.mended else "")


def packed(payload: str) -> str:
    """Pack a payload as CloudWatch Logs does."""
    return base64.b64encode(gzip.compress(payload.encode())).decode()


def content_of(case: dict[str, Any]) -> bytes:
    """Give the bytes of a case, its payloads filled in."""
    payloads = TABLE["payloads"]
    text = re.sub("<<<(.*?)>>>", lambda name: payloads[name[1]], case["input"])
    text = re.sub("<<(.*?)>>", lambda name: packed(payloads[name[1]]), text)
    return text.encode("latin-1" if case.get("latin") else "utf-8")


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["name"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_a_file_decodes_to_what_the_table_says(
    case: dict[str, Any], pack: Callable[[bytes], bytes]
) -> None:
    """A file decodes to the same, plain and gzipped, whatever its name."""
    form = Form(case["form"]) if "form" in case else None
    items = decoded(pack(content_of(case)), form)
    assert case["gives"] == [written(item) for item in items]


def test_case_names_are_unique() -> None:
    """No two cases of the table have the same name."""
    names = [case["name"] for case in TABLE["case"]]
    assert sorted(set(names)) == sorted(names)


def test_a_line_is_identified_by_path_number_and_hash(tmp_path: Path) -> None:
    """The id of a line is made of the absolute path, the number and a hash of the text."""
    path = str(tmp_path / "log")
    [event] = decode(Piece(b"\nhello\n", path))
    assert (
        LogEvent(
            message="hello",
            id=f"{path}:2:2cf24dba5fb0a30e",
            timestamp=None,
            origin=Origin(path=path, position=2),
        )
        == event
    )


def test_ids_within_a_file_differ() -> None:
    """Pieces of one file have different ids, also where their texts are equal."""
    content = b'{"a":1}{"a":1}\n{"a":1}\n{"Records":[{"a":1},{"a":1}]}\n{"a":1}'
    events = [item for item in decoded(content) if isinstance(item, LogEvent)]
    assert ['{"a":1}'] * 6 == [event.message for event in events]
    assert 6 == len({event.id for event in events})


def test_standard_input_is_called_dash() -> None:
    """Events of the standard input have a dash for a path."""
    [event] = decode(Piece(b"hello", "-"))
    assert isinstance(event, LogEvent)
    assert ("-", "-:1:2cf24dba5fb0a30e") == (event.origin.path, event.id)


def test_a_file_name_that_is_not_utf8_can_be_stored() -> None:
    """A file name with bytes that are not UTF-8 gives ids and places that are."""
    [event, bad] = decode(Piece(b'{"a":1}\n{', "caf\udce9"))
    assert isinstance(event, LogEvent)
    assert isinstance(bad, Unreadable)
    assert r"caf\udce9" == event.origin.path
    assert event.id.encode("utf-8").endswith(b"\\udce9:1:015abd7f5cc57a2d")
    assert r"caf\udce9:2" == bad.place


def test_the_origin_of_a_payload_in_a_file() -> None:
    """An event of a payload has the payload's origin, and where the payload stands."""
    content = b"{}\n" + TABLE["payloads"]["two"].encode()
    event = decoded(content)[2]
    assert (
        LogEvent(
            message="plain",
            id="2",
            timestamp=1700000000001,
            origin=Origin(
                account="111122223333",
                region="eu-west-1",
                log_group="trail",
                log_stream="111122223333_CloudTrail_eu-west-1",
                path="x",
                position=2,
            ),
        )
        == event
    )


class Broken(io.BytesIO):
    """A file that cannot be read to its end."""

    def read1(self, size: int | None = -1, /) -> bytes:
        """Read what there is, then fail."""
        data = super().read1(size)
        if not data:
            raise OSError(5, "Input/output error")
        return data


@dataclass(frozen=True)
class Failing:
    """A file that fails when it is opened, or at its end."""

    path: str = "x"
    content: bytes | None = None

    def open(self) -> BinaryIO:
        """Open, or fail."""
        if self.content is None:
            raise FileNotFoundError(2, "No such file or directory")
        return Broken(self.content)


def test_a_file_that_cannot_be_opened_is_named() -> None:
    """A file that vanished is one Unreadable."""
    expected = [Unreadable("x", "cannot be opened: no such file or directory")]
    assert expected == list(decode(Failing()))


@pytest.mark.parametrize(
    ("content", "gives", "broken_at"),
    [
        (b"one\ntwo\nthr", ["1 one", "2 two"], 3),
        (b'{"a":1}\n{"b":2}\n', ['1 {"a":1}', '2 {"b":2}'], 3),
        (b'{"Records":[{"a":1},{"b"', ['1 {"a":1}'], 1),
        (b'{\n"Records":[{"a":1},\n{"b"', ['1 {"a":1}'], 3),
        (b'{\n"Records":[{"a":1}\n]}\n', ['1 {"a":1}'], 4),
        (b'{nonsense}\ntext\n{"c"', ["unreadable x:1: is not JSON from byte 1 on", "2 text"], 3),
        (b"", [], 1),
    ],
)  # fmt: skip
def test_a_file_that_fails_while_it_is_read_gives_what_came_before(
    content: bytes, gives: list[str], broken_at: int
) -> None:
    """What stands before a read error is decoded, and the error is named once."""
    wanted = [*gives, f"unreadable x:{broken_at}: cannot be read any further: input/output error"]
    assert wanted == [written(item) for item in decode(Failing(content=content))]


LINES = b"".join(b'{"n": %d}\n' % number for number in range(1, 9))
TRAIL = b'{"Records": [' + b",".join(LINES.splitlines()) + b"]}"


@pytest.mark.parametrize("content", [LINES, TRAIL], ids=["lines", "trail"])
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("checksum", "does not fit the checksum or length that stands at its end"),
        ("length", "does not fit the checksum or length that stands at its end"),
        ("tail", "has something behind its compressed data"),
    ],
)
def test_a_gzip_whose_end_is_wrong_gives_all_before_it(
    content: bytes, damage: str, reason: str
) -> None:
    """A lying length, a wrong checksum and trailing garbage cost no event, and are named once."""
    zipped = gzip.compress(content)
    zipped = {
        "checksum": zipped[:-8] + b"\0\0\0\0" + zipped[-4:],
        "length": zipped[:-4] + b"\xff\xff\0\0",
        "tail": zipped + b"garbage",
    }[damage]
    *events, last = decoded(zipped)
    assert [f'{n} {{"n": {n}}}' for n in range(1, 9)] == [written(event) for event in events]
    assert isinstance(last, Unreadable)
    assert reason == last.reason


@pytest.mark.parametrize("content", [LINES, TRAIL], ids=["lines", "trail"])
def test_a_gzip_that_breaks_off_anywhere_gives_a_beginning_and_one_unreadable(
    content: bytes,
) -> None:
    """Cut at any byte, a gzip gives some events from the start, and says once that it broke."""
    zipped = gzip.compress(content)
    for cut in range(2, len(zipped)):
        *events, last = decoded(zipped[:cut])
        wanted = [f'{n} {{"n": {n}}}' for n in range(1, len(events) + 1)]
        assert wanted == [written(event) for event in events]
        assert isinstance(last, Unreadable)
        assert "breaks off before the end of its compressed data" == last.reason


def test_members_of_a_gzip_are_all_read() -> None:
    """Lines may run from one gzip member into the next."""
    zipped = gzip.compress(LINES[:20]) + gzip.compress(b"") + gzip.compress(LINES[20:]) + b"\0\0\0"
    assert decoded(LINES) == decoded(zipped)


@pytest.mark.parametrize(
    ("content", "limits", "reason"),
    [
        (
            b"x" * 1000,
            Limits(stream=999, ratio=9999),
            "inflates past 999 bytes, the rest is not read",
        ),
        (
            b"a\n" * 100_000,
            Limits(line=10, ratio=20),
            "inflates to more than 20 times its size, the rest is not read",
        ),
        (
            b'{"Records":[' + b" " * 1000 + b"]}",
            Limits(document=500, line=5),
            "is a line longer than 500 bytes",
        ),
        (
            b'{"a":\n' + b"[\n" * 500,
            Limits(document=500),
            "opens as JSON and has no end within 500 bytes " + HINT,
        ),
    ],
)
def test_bombs_are_named_and_not_inflated(content: bytes, limits: Limits, reason: str) -> None:
    """What inflates past a cap is one Unreadable."""
    assert [Unreadable("x:1", reason)] == decoded(gzip.compress(content), limits=limits)


def test_a_bomb_in_a_payload_is_named() -> None:
    """A payload that inflates past the cap is one Unreadable, and the next line is read."""
    line = '{"awslogs": {"data": "' + packed(" " * 100_000) + '"}}\n{"a": 1}'
    assert [
        "unreadable x:1: the payload inflates past 50,000 bytes",
        '2 {"a": 1}',
    ] == [written(item) for item in decoded(line.encode(), limits=Limits(document=50_000))]


@pytest.mark.parametrize(("first", "form"), [(b"text\n", None), (b"{}\n", None), (b"{\n", "text")])
def test_a_line_that_is_too_long_is_named_and_the_next_is_read(
    first: bytes, form: str | None
) -> None:
    """A line above the cap is one Unreadable."""
    content = first + b"x" * 1000 + b"\nnext"
    items = decoded(content, Form(form) if form else None, Limits(line=100))
    assert ["unreadable x:2: is a line longer than 100 bytes", "3 next"] == [
        written(item) for item in items[1:]
    ]


@pytest.mark.parametrize("depth", [300, 1_200, 100_000])
def test_json_that_is_too_deep_is_named_and_the_next_is_read(depth: int) -> None:
    """Nesting cannot break the decoder, in a line or in a record, at any depth."""
    deep = b'{"a": ' + b"[" * depth + b"]" * depth + b"}"
    items = decoded(
        deep + b"\n" + b'{"Records": [{"b": 2}, ' + deep + b', {"c": 3}]}\n' + deep[:-9]
    )
    assert [
        ("Unreadable", "x:1"),
        ("LogEvent", '{"b": 2}'),
        ("Unreadable", "x:2: record 2"),
        ("LogEvent", '{"c": 3}'),
        ("Unreadable", "x:3"),
    ] == [
        (type(i).__name__, i.message if isinstance(i, LogEvent) else getattr(i, "place", ""))
        for i in items
    ]
    assert all("nested" in i.reason for i in items[:3:2] if isinstance(i, Unreadable))


def test_brackets_in_texts_are_not_nesting() -> None:
    """Many brackets inside strings, or side by side, do not make a record deep."""
    line = b'{"a": "' + b"[{" * 1000 + b'", "b": [' + b"[]," * 1000 + b"1]}"
    assert [LogEvent] == [type(item) for item in decoded(line)]


FRAGMENTS = [
    *(b"{", b"}", b"[", b"]", b'"', b":", b",", b"\n", b"\r\n", b" ", b"\\", b"\\ud800", b"\xff"),
    *(b"\0", b"1", b"null", b"1e999", b"text", b"\xef\xbb\xbf", b'"Records"', b'{"Records": ['),
    *(b'{"a": 1}', b'{"awslogs": {"data": "aaaa"}}', b'{"messageType": "DATA_MESSAGE"}'),
    *(b"\x1f\x8b\x08", gzip.compress(b'{"a": 1}\n')),
]
contents = st.one_of(st.binary(), st.lists(st.sampled_from(FRAGMENTS), max_size=20).map(b"".join))


@given(contents | contents.map(gzip.compress), st.sampled_from([None, *Form]))
def test_no_bytes_break_the_decoder(content: bytes, form: Form | None) -> None:
    """Any bytes, in any form, give items whose texts can be stored; nothing is raised."""
    for item in decoded(content, form, TIGHT):
        assert written(item).encode()
        assert not isinstance(item, LogEvent) or item.id.encode()


@given(contents, st.sampled_from([Form.TEXT, Form.LINES]))
def test_every_line_ends_as_an_event_or_is_named(content: bytes, form: Form) -> None:
    """Of a text, no line that is not blank is lost, whatever it holds."""
    plain = b"first\n" + content
    lines = [n for n, line in enumerate(plain.split(b"\n"), 1) if line.strip(b" \t\r\n\v\f")]
    assert lines == sorted(set(_numbers(decoded(plain, form))))


def _numbers(items: list[Decoded]) -> Iterator[int]:
    for item in items:
        if isinstance(item, LogEvent):
            # Of several objects on a line the second is its record 2.
            yield int(item.id.split(":")[-2].partition(".")[0])
        elif isinstance(item, Unreadable):
            yield int(item.place.split(":")[1])


def test_damage_in_the_middle_of_a_gzip_keeps_the_lines_before_it() -> None:
    """A flipped byte costs no complete line before it, whichever byte it is."""
    rng = random.Random(7)  # noqa: S311 - a fixed sample
    text = b"".join(b"%s %d\n" % (rng.randbytes(6).hex().encode(), n) for n in range(60))
    zipped = gzip.compress(text, mtime=0)
    for at in range(20, len(zipped)):
        damaged = zipped[:at] + bytes([zipped[at] ^ 0x55]) + zipped[at + 1 :]
        items = decoded(damaged, Form.TEXT)
        assert isinstance(items[-1], Unreadable)
        # A damaged stream may go on for a while with other texts, but it starts as it was.
        assert at < 100 or "1 " + text.splitlines()[0].decode() == written(items[0])
