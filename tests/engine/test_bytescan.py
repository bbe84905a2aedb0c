"""What the C part finds is what a plain search finds, with every kernel of this processor."""

from __future__ import annotations

import json
import threading
import tomllib
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.engine.bytescan import KERNELS, Finder, entry_around, holds, record_ends
from trailbell.pattern.message import split
from trailbell.pattern.number import is_number

IN_MESSAGES, IN_PAYLOADS = 1, 2
BUCKETS = (8, 6, 5)
EVERY = pytest.mark.parametrize("kernel", KERNELS)
CASES = tomllib.loads((Path(__file__).parent / "numbers.toml").read_text())["case"]

# Few different pieces, so that what is looked for is often there, or nearly.
PIECES = [
    b"a", b"b", b"ab", b'"', b"\\", b'\\"', b" ", b"5", b"-1.5", b"[", b"]", b"{", b"}", b",", b":",
    b"\0", b"\n", b"\\n", b"\\u00", b"\x80", b"\xff", b'{"id":"', b'"},{"id":"', b'"message":"',
    b"x" * 61,
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=80).map(b"".join)
literals = st.lists(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5)
    .map(b"".join)
    .filter(lambda text: 3 <= len(text) <= 40),
    min_size=1,
    max_size=12,
)


@st.composite
def finders(draw: st.DrawFn, numbers: int = 0) -> tuple[list[bytes], list[tuple[bytes, int, int]]]:
    """Draw literals, and windows and buckets for them."""
    chosen = draw(literals)
    return chosen, [
        (
            text,
            draw(st.integers(0, max(0, len(text) - 4))),
            draw(st.integers(0, BUCKETS[numbers] - 1)),
        )
        for text in chosen
    ]


def occurrences(text: bytes, literal: bytes) -> list[int]:
    """Give the offsets behind each occurrence of a literal, also of those that overlap."""
    size = len(literal)
    return [at + size for at in range(len(text) - size + 1) if text.startswith(literal, at)]


@EVERY
@given(data=st.data(), text=texts, numbers=st.sampled_from([0, IN_MESSAGES, IN_PAYLOADS]))
def test_all_literals_are_found(
    kernel: str, data: st.DataObject, text: bytes, numbers: int
) -> None:
    """Each occurrence is found once, whichever window and bucket a literal has."""
    chosen, windows = data.draw(finders(numbers))
    found, _ = Finder(windows, numbers, kernel=kernel).find(text)
    expected = sorted((end, i) for i, one in enumerate(chosen) for end in occurrences(text, one))
    assert expected == sorted(found)


@EVERY
@pytest.mark.parametrize("size", [*range(3, 12), *range(60, 70), *range(90, 135), 1000, 65_537])
def test_a_literal_at_any_distance_from_the_ends(kernel: str, size: int) -> None:
    """What stands at the beginning or at the end of the bytes is found as well."""
    finder = Finder([(b"needle12", 2, 3), (b"abc", 0, 0)], kernel=kernel)
    for text in (b"abc" + b"." * (size - 3), b"." * (size - 3) + b"abc"):
        assert [(text.index(b"abc") + 3, 1)] == finder.find(text)[0]
    text = b"." * size + b"needle12"
    assert [(size + 8, 0)] == finder.find(text)[0]
    assert [] == finder.find(text[:-1])[0]


def test_a_thousand_literals_of_one_window() -> None:
    """However many literals have a window in common, each is told from the others."""
    many = [b"%04dsame-window%04d" % (number, number) for number in range(1000)]
    finder = Finder([(text, 4, 0) for text in many])
    text = b" ".join([many[7], many[999], many[7][:-1], many[500]])
    assert [7, 999, 500] == [place for _, place in finder.find(text)[0]]


# --- Numbers -------------------------------------------------------------------------------------

WORDS = [
    "5", "-1.5", "+.5", "1e3", "12345678901234567890", "1e", "5x", "a", '"', '"5"', '"a b"', "[",
    "[5]", "[a b]", '[a]"5"', "]", '""7', "\\", "é", "",
]  # fmt: skip
SPACES = [" ", " ", "  ", "\t", "\n", " \r", "\f"]
messages = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from(SPACES)).map("".join), max_size=9
).map(lambda parts: "".join(parts).removesuffix(" "))


def payload_of(written: list[str]) -> bytes:
    """Write a payload of messages as CloudWatch Logs does."""
    events = [{"id": f"{n:03}", "timestamp": n, "message": m} for n, m in enumerate(written)]
    return json.dumps(
        {"owner": "5", "logEvents": events}, separators=(",", ":"), ensure_ascii=False
    ).encode()


def placed(finder: Finder, written: list[str], numbers: int) -> list[tuple[int, int]]:
    """Give for each number that is found the place of its message, and its spans."""
    if numbers == IN_PAYLOADS:
        data = payload_of(written)
        found = finder.placed(data, finder.find(data)[1])
        starts = [data.index(b'{"id":"%03d"' % n) for n in range(len(written))]
        return [(sum(start < end for start in starts) - 1, spans) for end, spans in found]
    encoded = [message.encode() for message in written]
    data = b"\0" + b"\0".join(encoded) + b"\0"
    ends = array("Q")
    for message in encoded:
        ends.append((ends[-1] if ends else 0) + 1 + len(message))
    found = finder.placed(data, finder.find(data)[1], 1, ends)
    return [(sum(stop < end for stop in ends), spans) for end, spans in found]


@EVERY
@pytest.mark.parametrize("numbers", [IN_MESSAGES, IN_PAYLOADS])
@given(written=st.lists(messages, min_size=1, max_size=4))
def test_no_number_is_missed(kernel: str, numbers: int, written: list[str]) -> None:
    """Wherever the language sees a token that is a number, one is found that may be it."""
    for place, message in enumerate(written):
        tokens = [text for text, _ in split(message)]
        for at, token in enumerate(tokens):
            if not is_number(token):
                continue
            value = float(token)
            for span in ((at, value, value), (at - len(tokens), value, float("inf"))):
                finder = Finder([], numbers, [span], kernel=kernel)
                found = placed(finder, written, numbers)
                assert place in {where for where, spans in found if spans & 1}


@pytest.mark.parametrize("numbers", [IN_MESSAGES, IN_PAYLOADS])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_numbers_elsewhere_are_left_out(case: dict[str, Any], numbers: int) -> None:
    """Numbers at other places, and other numbers, are mostly told from those that are wanted."""
    spans = [tuple(span) for span in case["spans"]]
    finder = Finder([], numbers, spans, case.get("anywhere", False))
    found = placed(finder, ["a 7 b", case["message"], "7"], numbers)
    every = (1 << len(spans)) - 1
    assert case["found"] == [spans & every for where, spans in found if where == 1]


@EVERY
@given(text=texts)
def test_any_bytes_are_taken(kernel: str, text: bytes) -> None:
    """Nothing that may stand in the bytes is an error, and the kernels agree on numbers."""
    for numbers in (IN_MESSAGES, IN_PAYLOADS):
        spans = [(0, -9.0, 9.0), (2, 5.0, 5.0), (-1, 0.0, 9.0)]
        finder = Finder([], numbers, spans, anywhere=True, kernel=kernel)
        _, found = finder.find(text)
        assert Finder([], numbers, spans, anywhere=True, kernel="plain").find(text)[1] == found
        ends = array("Q", [*range(0, len(text), 7), len(text)])
        for end, bits in finder.placed(text, found, 0, ends):
            assert 0 < end <= len(text)
            assert bits


# --- Records, entries and the rest ---------------------------------------------------------------


def plain_ends(text: bytes, start: int) -> list[int] | None:  # noqa: C901  byte by byte
    """Find the ends of records byte by byte."""
    ends, depth, in_string, at = [], 0, False, start
    while at < len(text):
        sign = text[at : at + 1]
        if in_string:
            at += sign == b"\\"
            in_string = sign != b'"'
        elif sign == b"\\":
            return None
        elif sign == b'"':
            in_string = True
        elif sign in b"[{":
            depth += 1
        elif sign in b"]}":
            depth -= 1
            if depth < 0:
                return None
            if depth == 0:
                ends.append(at + 1)
                if text[at + 1 :] == b"]}":
                    return ends
                if text[at + 1 : at + 3] != b",{":
                    return None
        at += 1
    return None


records = st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)


@EVERY
@given(parts=st.lists(records, max_size=6), tail=st.sampled_from([b"]}", b"]}", b"]} ", b""]))
def test_ends_of_records(kernel: str, parts: list[bytes], tail: bytes) -> None:
    """Records end where brackets outside strings are balanced, and nothing may stand between."""
    quoted = [json.dumps(part.decode("latin-1")).encode("latin-1") for part in parts]
    for inner in (parts, quoted):
        text = b"[" + b",".join(b"{" + part + b"}" for part in inner) + tail
        found = record_ends(text, 1, kernel=kernel)
        assert plain_ends(text, 1) == (None if found is None else list(array("Q", found)))


@EVERY
@given(text=texts, needle=st.sampled_from(PIECES).filter(lambda one: len(one) > 1), data=st.data())
def test_holds(kernel: str, text: bytes, needle: bytes, data: st.DataObject) -> None:
    """A few bytes are found from an offset on, as the language's own search finds them."""
    start = data.draw(st.integers(0, len(text)))
    assert (needle in text[start:]) is holds(text, needle, start, kernel=kernel)


@given(text=texts.map(lambda text: b'{"id":"' + text + b'"}]}'), data=st.data())
def test_entries(text: bytes, data: st.DataObject) -> None:
    """An entry goes from the last beginning before a byte to the next one that follows another."""
    offset = data.draw(st.integers(1, len(text)))
    begin, end = entry_around(text, 0, offset)
    behind = text.find(b'},{"id":"', max(0, offset - 3))
    while 0 <= behind < offset - 3:
        behind = text.find(b'},{"id":"', behind + 1)
    assert max(0, text.rfind(b'{"id":"', 0, offset + 6)) == begin
    assert (len(text) - 2 if behind < 0 else behind + 1) == end


def test_kernels_have_names() -> None:
    """The fastest kernel is the first; the one in plain C is always there."""
    assert "plain" == KERNELS[-1]
    with pytest.raises(ValueError, match='no kernel of this processor is called "abacus"'):
        Finder([], kernel="abacus")


@pytest.mark.parametrize(
    "literal", [(b"ab", 0, 0), (b"abcd", 1, 0), (b"abcd", -1, 0), (b"abcd", 0, 8), (b"", 0, 0)]
)
def test_error_of_literals_out_of_range(literal: tuple[bytes, int, int]) -> None:
    """A literal that is too short, or has no such window or bucket, is refused."""
    with pytest.raises(ValueError, match="literal, window or bucket out of range"):
        Finder([literal])


def test_error_of_other_values() -> None:
    """What is of another type, or out of range, is refused before anything is read."""
    with pytest.raises(TypeError, match="a literal is a tuple of bytes, window and bucket"):
        Finder([b"abcd"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="numbers is 0, 1 or 2"):
        Finder([], 3)
    with pytest.raises(ValueError, match="no more than 62 spans"):
        Finder([], IN_MESSAGES, [(0, 0.0, 1.0)] * 63)
    with pytest.raises(ValueError, match="start is not within the data"):
        record_ends(b"{}", 3)
    with pytest.raises(ValueError, match="the offset is not within the entries"):
        entry_around(b"abc", 2, 2)
    with pytest.raises(ValueError, match="too short"):
        holds(b"abc", b"a", 0)
    with pytest.raises(TypeError, match="a Finder is made once"):
        Finder([]).__init__([])  # type: ignore[misc]
    with pytest.raises(TypeError, match="the Finder was not made"):
        Finder.__new__(Finder).find(b"")


def test_numbers_that_were_not_found_here() -> None:
    """Of numbers beyond the bytes, or beyond all messages, nothing is taken for sure."""
    finder = Finder([], IN_MESSAGES, [(0, 1.0, 1.0)])
    nothing = array("Q", [3, 3, 0, 0]).tobytes()
    assert [] == finder.placed(b"abc", nothing, 0, array("Q", [3]))
    beyond = array("Q", [90, 95, 0, 0]).tobytes()
    assert [(95, 2**63 - 1)] == finder.placed(b"abc", beyond, 0, array("Q", [3]))
    assert [(95, 2**63 - 1)] == finder.placed(b"abc", beyond, 0, array("Q", [99]))


def test_threads_share_a_finder() -> None:
    """Several threads can use one finder at once."""
    finder = Finder([(b"needle", 0, 0)], IN_MESSAGES, [(1, 5.0, 5.0)])
    text = b"hay 5 needle " * 20_000
    expected = finder.find(text)
    results = []
    threads = [threading.Thread(target=lambda: results.append(finder.find(text))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [expected] * 8 == results
