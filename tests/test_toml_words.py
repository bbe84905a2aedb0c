"""What a key of a TOML file may hold, and what it holds, in words."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest

from trailbell.toml_words import close_matches, expected_words, fields_of, found_words, one_of


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """Hold a table of the file of these tests."""

    name: str = ""
    size: Annotated[float, msgspec.Meta(gt=0, le=10)] = 1.0
    loud: bool = False
    kind: Literal["a", "b"] = "a"


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """Hold the file of these tests."""

    item: tuple[Item, ...] = ()
    words: tuple[str, ...] = ()
    one: Item | None = None


KINDS = [
    (["item"], "tables in double brackets, [[ ]]"),
    (["item", 0], "a table"),
    (["item", 0, "name"], "text in quotes"),
    (["item", 0, "size"], "a number above 0 up to 10"),
    (["item", 0, "loud"], "true or false"),
    (["item", 3, "kind"], '"a" or "b"'),
    (["words"], "a list in [ ], each item text in quotes"),
    (["one"], "a table"),
    (["one", "kind"], '"a" or "b"'),
]


@pytest.mark.parametrize(("steps", "words"), KINDS, ids=str)
def test_expected_in_words(steps: list[str | int], words: str) -> None:
    """What a key takes is said without the names of types."""
    assert words == expected_words(Shape, steps)


FOUND = [
    (True, "true"),
    (3.5, "3.5"),
    ("x", '"x"'),
    ([], "an empty list"),
    ([3], "a list"),
    ({}, "a table"),
    (
        "see https://user:pw@hooks.example.com/T0/B0/tiger now",
        '"see https://hooks.example.com/… now"',
    ),
    ("HTTP://hooks.example.com?tiger", '"HTTP://hooks.example.com/…"'),
]


@pytest.mark.parametrize(("value", "words"), FOUND, ids=str)
def test_found_in_words(value: object, words: str) -> None:
    """What stands in a file is shown, but for the part of an address that may be a secret."""
    assert words == found_words(value)


def test_choices() -> None:
    """A list of choices reads as a sentence does."""
    assert ['"a"', '"a" or "b"', '"a", "b" or "c"'] == [one_of("abc"[:n]) for n in (1, 2, 3)]


def test_close_matches() -> None:
    """What is spelled nearly alike is offered, and nothing where nothing is."""
    known = ["severity", "route", "rules"]
    expected = ['"severity"', '"rules" or "route"', ""]
    assert expected == [close_matches(name, known) for name in ("sevrity", "rule", "x" * 999)]


def test_fields() -> None:
    """The keys of a table are those of its struct; what is no table has none."""
    assert ["name", "size", "loud", "kind"] == fields_of(Shape, ["item", 0])
    assert [] == fields_of(Shape, ["words"])
