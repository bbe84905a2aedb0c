"""Files, folders and the standard input."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from trailbell.sources.files import InputFile, find


def lay(root: Path, *paths: str) -> None:
    """Write files whose content is their own path."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def found(root: Path, *paths: str) -> list[str]:
    """Give what is found, relative to the root."""
    joined = [str(root / path) for path in paths]
    return [os.path.relpath(file.path, root) for file in find(joined)]


def test_a_folder_gives_all_its_files_sorted(tmp_path: Path) -> None:
    """Files of a folder come sorted by name, folders among them; hidden entries are left out."""
    lay(tmp_path, "b.json", "a/z.json", "a/b/c.json", "a.json", ".hidden", ".git/x", "c/.keep")
    assert ["a/b/c.json", "a/z.json", "a.json", "b.json"] == found(tmp_path, ".")


def test_arguments_keep_their_order(tmp_path: Path) -> None:
    """What the user names comes in the order given, hidden or not."""
    lay(tmp_path, "b", "a", ".c", ".d/e")
    assert ["b", ".c", "a", ".d/e"] == found(tmp_path, "b", ".c", "a", ".d")


def test_paths_stay_as_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path stays relative, and what is below a folder is joined to it."""
    lay(tmp_path, "logs/a", "b")
    monkeypatch.chdir(tmp_path)
    assert [InputFile("logs/a", 6), InputFile("./b", 1)] == list(find(["logs", "./b"]))


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    """A folder that can be reached in many ways is read once."""
    lay(tmp_path, "a/file", "b/c/file")
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "b/c/self").symlink_to(".")
    (tmp_path / "link").symlink_to("b/c/file")
    assert ["a/file", "a/up/b/c/file", "a/up/link"] == found(tmp_path, "a")
    assert ["b/c/file", "link"] == found(tmp_path, "b", "link")


@pytest.mark.parametrize("name", ["missing", "dangling", "folder/dangling", "zero\0"])
def test_what_is_not_there_is_found_and_fails_when_opened(tmp_path: Path, name: str) -> None:
    """A path that leads nowhere is given, and opening it says why."""
    lay(tmp_path, "folder/file")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "folder/dangling").symlink_to("nowhere")
    path = name.partition("/")[0]
    file = next(f for f in find([str(tmp_path / path)]) if f.path.endswith(name))
    with pytest.raises(OSError, match=r"No such file or directory|embedded null byte"):
        file.open()


def test_a_pipe_in_a_folder_does_not_block(tmp_path: Path) -> None:
    """What is no regular file is given and cannot be opened, unless it is named."""
    os.mkfifo(tmp_path / "pipe")
    [in_folder] = find([str(tmp_path)])
    with pytest.raises(OSError, match="is no regular file"):
        in_folder.open()
    [named] = find([str(tmp_path / "pipe")])
    assert InputFile(str(tmp_path / "pipe")) == named
    assert named.problem is None


def test_what_vanishes_meanwhile_fails_when_opened(tmp_path: Path) -> None:
    """A folder that is gone when its turn comes is given, and opening it says so."""
    lay(tmp_path, "a/file", "b/file")
    files = find([str(tmp_path)])
    assert str(tmp_path / "a/file") == next(files).path
    (tmp_path / "b/file").unlink()
    (tmp_path / "b").rmdir()
    [gone] = files
    with pytest.raises(FileNotFoundError):
        gone.open()


def test_a_folder_that_cannot_be_listed_fails_when_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that cannot be listed is given as it is, and opening it says why."""
    lay(tmp_path, "a/file", "b/file")
    listdir = os.listdir

    # Permissions do not stop the superuser, who may be running this.
    def guarded(path: str) -> list[str]:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", guarded)
    locked, file = find([str(tmp_path)])
    assert [str(tmp_path / "a"), str(tmp_path / "b/file")] == [locked.path, file.path]
    with pytest.raises(PermissionError):
        locked.open()


def test_progress_is_told_in_bytes_as_stored(tmp_path: Path) -> None:
    """The bytes of all reads add up to the size of the file."""
    path = tmp_path / "file"
    path.write_bytes(bytes(300_000))
    [file] = find([str(path)])
    told: list[int] = []
    with file.watched(told.append).open() as stream:
        assert bytes(100_000) == stream.read(100_000)
        assert [100_000] == told
        assert bytes(200_000) == stream.read()
    assert file.size == sum(told) == 300_000


def test_a_watched_file_can_be_read_in_lines(tmp_path: Path) -> None:
    """What is opened is an ordinary stream of bytes."""
    lay(tmp_path, "file")
    (tmp_path / "file").write_bytes(b"a\nb\n")
    told: list[int] = []
    with InputFile(str(tmp_path / "file"), 4, told.append).open() as stream:
        assert [b"a\n", b"b\n"] == list(io.BufferedReader(stream))  # type: ignore[type-var]
    assert 4 == sum(told)


class Stdin:
    """A standard input."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_a_dash_is_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard input is read and left open."""
    stdin = Stdin(b"hello")
    monkeypatch.setattr(sys, "stdin", stdin)
    [file] = find(["-"])
    assert InputFile("-") == file
    told: list[int] = []
    with file.watched(told.append).open() as stream:
        assert b"hello" == stream.read()
    assert [5] == told
    assert not stdin.buffer.closed


def test_error_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program without a standard input says so."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(OSError, match="there is no standard input"):
        InputFile("-").open()
