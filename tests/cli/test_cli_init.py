"""``trailbell init``."""

from __future__ import annotations

from pathlib import Path

import pytest

import kit
from trailbell.configuration import load_configuration
from trailbell.rules import pack_names


def test_writes_what_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration and a rule are written, which load as they are, and what to do next."""
    monkeypatch.chdir(tmp_path)
    ended = kit.trailbell("init")
    assert (0, "") == (ended.exit, ended.err)
    assert ["wrote trailbell.toml", "wrote rules/own.toml", "Next:"] == ended.out.split("\n")[:3]
    found = load_configuration(Path("trailbell.toml"))
    assert ["slack"] == list(found.destinations)
    assert "own" in [pack.name for pack in found.load_rules()]


def test_every_comment_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands commented out in the configuration is legal once it is switched on."""
    monkeypatch.chdir(tmp_path)
    kit.trailbell("init")
    path = Path("trailbell.toml")
    begun = path.read_text("utf-8").split("\n")
    # A comment that is a key or a table begins with one; the others are sentences.
    on = [
        line[2:] if line.startswith("# ") and (" = " in line or line[2] == "[") else line
        for line in begun
    ]
    assert len(begun) > sum(a == b for a, b in zip(begun, on, strict=True)) + 10
    path.write_text("\n".join(on), "utf-8")
    found = load_configuration(path)
    assert ["slack", "urgent"] == list(found.destinations)
    assert 2 == len(found.routes)
    assert found.lists["scanners"]
    essentials, own = found.load_rules()
    off = [entry.rule.name for entry in essentials.entries if not entry.enabled]
    assert ["lambda-code-changed-by-hand"] == off
    names = [one.name for entry in own.entries for one in entry.rule.exceptions]
    assert ["nightly report", "penetration test"] == names


def test_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there stays as it is, and nothing else is written, unless it is forced."""
    monkeypatch.chdir(tmp_path)
    Path("trailbell.toml").write_text("# mine", "utf-8")
    ended = kit.trailbell("init")
    expected = (
        "trailbell: trailbell.toml: there already; --force replaces what is there,"
        " another folder leaves it\n"
    )
    assert (2, "", expected) == (ended.exit, ended.out, ended.err)
    assert ["trailbell.toml"] == [path.name for path in tmp_path.iterdir()]
    assert "# mine" == Path("trailbell.toml").read_text("utf-8")
    assert 0 == kit.trailbell("init", "--force").exit
    assert "# mine" != Path("trailbell.toml").read_text("utf-8")


def test_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is made where there is none, and the next steps lead into it."""
    monkeypatch.chdir(tmp_path)
    ended = kit.trailbell("init", "a/b")
    assert (0, True) == (ended.exit, Path("a/b/rules/own.toml").is_file())
    assert "  cd a/b && trailbell rules test " in ended.out


def test_default_rules_are_a_pack() -> None:
    """The packs that the configuration names ship with this version."""
    folder = Path(__file__).parents[2] / "src" / "trailbell" / "starter"
    first = load_configuration(folder / "trailbell.toml").rules[0]
    assert first in pack_names()


def test_folder_of_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to do next can be pasted into a shell, blanks and quotes in the folder's name or not."""
    monkeypatch.chdir(tmp_path)
    ended = kit.trailbell("init", "bob's alerts")
    assert """  cd 'bob'"'"'s alerts' && trailbell rules test """ in ended.out
