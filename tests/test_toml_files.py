"""TOML files read into structs: lines of tables, and what can be wrong before the struct is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.errors import ConfigurationError
from trailbell.toml_files import duration_of, line_of_table, load_toml, read_toml


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """Hold a table of the file of these tests."""

    name: str = ""
    size: float = 1.0


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """Hold the file of these tests."""

    item: tuple[Item, ...] = ()
    words: tuple[str, ...] = ()


def test_file_is_read(tmp_path: Path) -> None:
    """A file becomes a struct; a byte order mark and Windows line ends do not matter."""
    path = tmp_path / "a.toml"
    path.write_bytes(b'\xef\xbb\xbfwords = ["x"]\r\n[[item]]\r\nname = "y"\r\nsize = 2\r\n')
    expected = Shape(item=(Item(name="y", size=2.0),), words=("x",))
    assert expected == load_toml(path, Shape, planned={})


def test_error_no_file(tmp_path: Path) -> None:
    """A file that is not there is named, with the reason of the system."""
    with pytest.raises(ConfigurationError) as caught:
        read_toml(tmp_path / "none.toml")
    assert f"{tmp_path}/none.toml: cannot be read: no such file or directory" == str(caught.value)


def test_error_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is refused in words."""
    path = tmp_path / "a.toml"
    path.write_bytes(b'words = ["\xff"]')
    with pytest.raises(ConfigurationError) as caught:
        read_toml(path)
    assert f"{path}: cannot be read: it is not UTF-8 text" == str(caught.value)


TEXT = """\
[[item]]
name = "first"
[[item.part]]

[[ item ]]  # the second
text = '''
[[item]]
'''

[one."two three"]
"""


def test_lines_of_tables() -> None:
    """A table is found by its header, however it is spaced, and not within a text."""
    expected = {("[[item]]", 0): 1, ("[[item]]", 1): 5, ("[[item]]", 2): None, ("[none]", 0): None}
    assert expected == {asked: line_of_table(TEXT, *asked) for asked in expected}
    assert line_of_table(TEXT, '[one."two three"]') == 10


NESTED = """\
[[rule]]
name = "first"
[[rule.test]]
[[rule.test]]
name = "one"
[rule.patterns]
[[ rule . test ]]

[[rule]]
[[rule.test]]
name = "two"

[[other]]
[[rule]]
name = "third"
test = [{ name = "three" }, { }]
[table]
["a b"]
x = 1
"""
PLACES = {
    (): "a.toml",
    ("rule", 0): 'a.toml:1: rule "first"',
    ("rule", 0, "name"): 'a.toml:1: rule "first"',
    ("rule", 0, "test", 0): 'a.toml:3: rule "first": test 1',
    ("rule", 0, "test", 1, "name"): 'a.toml:4: rule "first": test "one"',
    ("rule", 0, "test", 2): 'a.toml:7: rule "first": test 3',
    ("rule", 0, "test", 2, "records", 0): 'a.toml:7: rule "first": test 3',
    ("rule", 1): "a.toml:9: rule 2",
    ("rule", 1, "test", 0): 'a.toml:10: rule 2: test "two"',
    ("rule", 2, "test", 0): 'a.toml:14: rule "third": test "three"',
    ("rule", 2, "test", 1): 'a.toml:14: rule "third": test 2',
    ("table", "x"): "a.toml:17: table",
    ("none", "x"): "a.toml: none",
}


@pytest.mark.parametrize(("steps", "expected"), PLACES.items(), ids=str)
def test_place_of_a_nested_table(
    steps: tuple[str | int, ...], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table below another of a list is called by both names, on its own line if it has one."""
    monkeypatch.chdir(tmp_path)
    path = Path("a.toml")
    path.write_text(NESTED, "utf-8")
    assert expected == read_toml(path).place(*steps)


@given(st.text(alphabet="[]item\n'\"# \\=x", max_size=60), st.integers(0, 3))
def test_line_of_any_text(text: str, number: int) -> None:
    """A line is one of the text, for every text."""
    line = line_of_table(text, "[[item]]", number)
    assert line is None or 1 <= line <= text.count("\n") + 1


def test_duration_in_seconds() -> None:
    """A duration of a file comes in seconds."""
    assert duration_of("1.5h", "a.toml") == 5_400.0
