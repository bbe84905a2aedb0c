"""Credentials in log content are masked by the name of their key."""

from __future__ import annotations

import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.masking import MASK, is_secret_key, masked, masked_message

HERE = Path(__file__).parent
KEYS: dict[str, list[str]] = tomllib.loads((HERE / "masking_keys.toml").read_text("utf-8"))
CASES: list[dict[str, str]] = tomllib.loads((HERE / "masking_cases.toml").read_text("utf-8"))[
    "case"
]

SECRET = "tiger-7f3a"
MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize("key", KEYS["secret"])
def test_key_of_a_credential(key: str) -> None:
    """A key names a credential in any of the spellings that services and people use."""
    assert is_secret_key(key)


@pytest.mark.parametrize("key", KEYS["harmless"])
def test_key_of_no_credential(key: str) -> None:
    """Settings, ids and places in a list are no credentials, whatever word is in their name."""
    assert not is_secret_key(key)


def expected_of(case: dict[str, str]) -> str:
    """Return what is to be left of a case's message: each lone star is the mask."""
    if "masked" not in case:
        return case["message"]
    kept = "\x00"
    return case["masked"].replace("****", kept).replace("*", MASK).replace(kept, "****")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_message_is_masked(case: dict[str, str]) -> None:
    """What is secret gives way to the mask, and everything else stays to the letter."""
    assert expected_of(case) == masked_message(case["message"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_masking_twice_changes_nothing(case: dict[str, str]) -> None:
    """What was masked once is not masked again."""
    once = masked_message(case["message"])
    assert once == masked_message(once)


HARMLESS_KEYS = st.sampled_from(["eventName", "user", "items", "nextToken", "x"])
SECRET_KEYS = st.sampled_from(KEYS["secret"])
PLAIN_TEXTS = st.text(alphabet="abc é{[:=,\"'\\\ud800", max_size=8)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), PLAIN_TEXTS)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Wrap values into what logs hold: objects, lists, JSON in text."""
    return st.one_of(
        st.dictionaries(HARMLESS_KEYS, inner, max_size=3),
        st.lists(inner, max_size=3),
        st.dictionaries(HARMLESS_KEYS, inner, min_size=1, max_size=2).map(json.dumps),
    )


HARMLESS = st.recursive(SCALARS, objects, max_leaves=8)
GUARDED = st.recursive(
    st.one_of(
        st.builds(lambda key: {key: SECRET}, SECRET_KEYS),
        st.builds(lambda key: {"name": key, "value": SECRET}, SECRET_KEYS),
        st.builds(lambda key: f"{key}={SECRET}", SECRET_KEYS.filter(lambda key: "/" not in key)),
        st.builds(lambda key: ["run", f"--{key}", SECRET], SECRET_KEYS),
    ),
    objects,
    max_leaves=4,
)


@given(st.tuples(HARMLESS, GUARDED, HARMLESS), st.booleans())
def test_no_secret_survives(value: tuple[object, ...], ascii_only: bool) -> None:  # noqa: FBT001  drawn
    """Wherever a secret stands in a message, in JSON, in text in it, or cut off, it is masked."""
    message = json.dumps({"x": value}, ensure_ascii=ascii_only)
    for text in (message, f"INFO {message}", message[:-1]):
        found = masked_message(text)
        assert SECRET not in found
        # What could be encoded before can be after.
        assert not ascii_only or found.encode()


@given(HARMLESS)
def test_value_without_a_secret_is_returned_itself(value: object) -> None:
    """Nothing is copied, and no message changes, where there is nothing to mask."""
    assert masked(value) is value
    message = json.dumps({"x": value})
    assert message == masked_message(message)


def test_value_is_left_as_it_is() -> None:
    """Masking gives a new value; the one that came in still holds the secret."""
    value = {"a": [{"password": SECRET}], "b": {"c": 1}}
    new = masked(value)
    assert {"a": [{"password": MASK}], "b": {"c": 1}} == new
    assert {"a": [{"password": SECRET}], "b": {"c": 1}} == value


def test_deep_nesting() -> None:
    """JSON that nests too deep to be read loses its secrets all the same."""
    message = '{"a":' * 100_000 + f'{{"password":"{SECRET}"}}' + "}" * 100_000
    assert message.replace(SECRET, MASK) == masked_message(message)


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        '"a',
        "':",
        "\\",
        "a",
        " ",
        'password="',
        'password=\\"',
        "password=a,b=&",
        "password: ",
        "--token ",
        "://a:",
        "://a:b@",
        '{"a":',
        '{"a":"',
        "[{",
        '"password"=\\\\',
    ],
)
def test_mebibyte_of_anything(piece: str) -> None:
    """The time for a mebibyte is at most a few times that for a quarter, whatever it holds."""

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        runs = []
        for _ in range(3):
            start = time.perf_counter()
            masked_message(text)
            runs.append(time.perf_counter() - start)
        return min(runs)

    # Quadratic work takes 16 times as long; half a second more is left to a busy machine.
    assert seconds(MEBIBYTE) < 8 * seconds(MEBIBYTE // 4) + 0.5
