"""The store's file: who may read it, and what happens where it cannot be used."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

import kit
from trailbell.counts import Reason, Suppression
from trailbell.errors import StoreError
from trailbell.model import Threshold
from trailbell.store import Store
from trailbell.store.database import APPLICATION_ID

CLOCK = kit.HandClock()
ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


def filled(path: Path, number: int = 1) -> Path:
    """Make a store that owes matches."""
    with Store(path, CLOCK) as store:
        store.begin_run()
        with store.batch():
            for n in range(number):
                store.write(kit.sighting(n))
    return path


def refusal(path: Path, *, readonly: bool = False) -> str:
    """Return the words with which a store is refused, the folder left out."""
    with pytest.raises(StoreError) as refused:
        Store(path, CLOCK, readonly=readonly)
    return str(refused.value).replace(str(path.parent), "…")


def test_error_another_file(tmp_path: Path) -> None:
    """A file that is no database is refused, and stays as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("nothing of a database, but long enough to be read as one " * 9)
    before = path.read_bytes()
    expected = (
        "…/notes.txt: cannot be read: file is not a database;"
        " it is no store of Trailbell; name another with --store"
    )
    assert expected == refusal(path)
    assert expected == refusal(path, readonly=True)
    assert before == path.read_bytes()


def test_error_another_programs_database(tmp_path: Path) -> None:
    """A database of another program is refused, and gets no table of Trailbell's."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE match (x)")
    other.close()
    before = path.read_bytes()
    expected = "…/other.db: is the database of another program; name another with --store"
    assert expected == refusal(path)
    assert before == path.read_bytes()


def test_error_newer_format(tmp_path: Path) -> None:
    """A store of another version is refused by its number."""
    path = filled(tmp_path / "store.db")
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 7")
    other.close()
    expected = (
        "…/store.db: was written by another version of Trailbell (format 7, this one reads"
        " up to 2); use that version, or name another with --store"
    )
    assert expected == refusal(path) == refusal(path, readonly=True)


def of_first_format(path: Path) -> Path:
    """Make a store as the first format had it."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(Path(__file__).with_name("format_1_store.sql").read_text("utf-8"))
    return path


def shape(path: Path) -> tuple[int, set[tuple[str, str]]]:
    """Return the number of a store's format, and the tables and indexes it is made of."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        return version, set(db.execute("SELECT name, sql FROM sqlite_master"))


def test_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    """A store of the first format opens with all it had, and is then as a new one is."""
    path = of_first_format(tmp_path / "store.db")
    with Store(path, CLOCK) as store:
        assert (1, [("key 1 here", True), ("key 3 here", False)]) == (
            store.count_owed(),
            [(key, store.is_settled(key)) for key in ("key 1 here", "key 3 here")],
        )
        (owed,) = store.owed_alerts()
        assert ("it is away", kit.event(2, at=kit.NOON + 600)) == (
            owed.reason,
            store.alert(owed.id).matches[0].event,
        )
        assert [("many", 1)] == [(one.cause.rule, one.matches) for one in store.suppressions()]
        assert [] == store.mutes.all()
    assert shape(filled(tmp_path / "new.db")) == shape(path)


def test_first_format_is_read_as_it_is(tmp_path: Path) -> None:
    """Who only looks at a store of the first format changes nothing of it."""
    path = of_first_format(tmp_path / "store.db")
    before = path.read_bytes()
    with Store(path, CLOCK, readonly=True) as store:
        assert (1, []) == (store.count_owed(), store.mutes.all())
        assert ["many"] == [one.cause.rule for one in store.suppressions()]
    assert before == path.read_bytes()


DYING = """
import os, sqlite3, sys
from pathlib import Path
import kit
from trailbell.store import Store, database
connected, steps = database._connected, database._steps_from
def watched(*given, **named):
    db = connected(*given, **named)
    db.create_function("die", 0, lambda: os._exit(9))
    return db
database._connected = watched
database._steps_from = lambda version: steps(version) + "SELECT die();"
Store(Path(sys.argv[1]), kit.HandClock())
"""


@pytest.mark.parametrize("old", [True, False], ids=["first format", "empty file"])
def test_killed_while_it_is_brought_up_to_date(tmp_path: Path, *, old: bool) -> None:
    """A process that dies on the way to the new format leaves a store that the next one brings."""
    path = tmp_path / "store.db"
    if old:
        of_first_format(path)
    done = subprocess.run(  # noqa: S603  a child that dies
        [sys.executable, "-c", DYING, path],
        env={**kit.environment(), "PYTHONPATH": str(Path(__file__).parents[1])},
        timeout=60,
        check=False,
    )
    assert 9 == done.returncode
    with Store(path, CLOCK, readonly=True) as store:
        assert int(old) == store.count_owed()
    assert (1 if old else 0) == shape(path)[0]
    with Store(path, CLOCK) as store:
        assert int(old) == store.count_owed()
    assert shape(filled(tmp_path / "new.db")) == shape(path)


def test_error_damaged(tmp_path: Path) -> None:
    """A store with a damaged page says so where the page is read, and no traceback escapes."""
    path = filled(tmp_path / "store.db", 400)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with (
        pytest.raises(StoreError, match="the file is damaged; move it away"),
        Store(path, CLOCK) as store,
    ):
        store.count_owed()


@pytest.mark.parametrize("readonly", [False, True])
def test_error_folder(tmp_path: Path, *, readonly: bool) -> None:
    """A folder is no store."""
    path = tmp_path / "folder"
    path.mkdir()
    assert refusal(path, readonly=readonly).startswith("…/folder: cannot be ")


def test_error_file_for_a_folder(tmp_path: Path) -> None:
    """A store cannot be made below a file."""
    (tmp_path / "file").touch()
    said = refusal(tmp_path / "file" / "store.db")
    # Systems differ in the reason.
    assert said.startswith("…/store.db: cannot be opened as a store: ")
    assert said.endswith("; name another with --store")


@ROOT
def test_error_not_writable(tmp_path: Path) -> None:
    """A store that may not be written to says what to allow."""
    path = filled(tmp_path / "store.db")
    path.chmod(0o400)
    with pytest.raises(StoreError, match="allow writing to the file"):
        filled(path)


def test_error_disk_full(tmp_path: Path) -> None:
    """A full disk is an error with a way out; what was written before is still owed."""
    path = filled(tmp_path / "store.db")
    code = (
        "import resource, signal, sys; from pathlib import Path; import kit\n"
        "from trailbell.store import Store; from trailbell.errors import StoreError\n"
        "limit = 200_000; resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "with Store(Path(sys.argv[1]), kit.HandClock()) as store:\n"
        "    store.begin_run()\n"
        "    try:\n"
        "        with store.batch():\n"
        "            for n in range(5_000): store.write(kit.sighting(n))\n"
        "    except StoreError as error: print(error)\n"
        "    print(store.count_owed())\n"
    )
    done = subprocess.run(  # noqa: S603  a child that may not write much
        [sys.executable, "-c", code, path],
        env={**kit.environment(), "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said, owed = done.stdout.splitlines()
    assert said.startswith(f"{path}: cannot be written: ")
    assert "1" == owed
    with Store(path, CLOCK) as store:
        assert 1 == store.count_owed()


def test_reader_changes_nothing(tmp_path: Path) -> None:
    """Who only looks changes no byte, not even of what a run that was killed left beside it."""
    path = tmp_path / "store.db"
    code = (
        "import os, sys; from pathlib import Path; import kit; from trailbell.store import Store\n"
        "store = Store(Path(sys.argv[1]), kit.HandClock()); store.begin_run()\n"
        "with store.batch(): store.write(kit.sighting())\n"
        "os._exit(9)"
    )
    subprocess.run(  # noqa: S603  a child that dies
        [sys.executable, "-c", code, path],
        env={**kit.environment(), "PYTHONPATH": str(Path(__file__).parents[1])},
        timeout=60,
        check=False,
    )
    wal = path.with_name("store.db-wal")
    before = path.read_bytes(), wal.read_bytes()
    with Store(path, CLOCK, readonly=True) as store:
        assert 1 == store.count_owed()
    assert before == (path.read_bytes(), wal.read_bytes())
    with Store(path, CLOCK) as store:
        assert 1 == store.count_owed()


def test_reader_makes_nothing(tmp_path: Path) -> None:
    """A store that is not there, or holds nothing, reads as an empty one."""
    (tmp_path / "empty.db").touch()
    for name in ("empty.db", "missing.db", "no/folder.db"):
        with Store(tmp_path / name, CLOCK, readonly=True) as store:
            assert (0, [], None) == (store.count_owed(), store.tallies(), store.last_run())
    assert ["empty.db"] == [path.name for path in tmp_path.iterdir()]


def test_reader_reads_where_nobody_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store on a disk that is read-only can be looked at; nothing is made beside it."""
    path = filled(tmp_path / "store.db")
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store(path, CLOCK, readonly=True) as store:
        assert 1 == store.count_owed()
        assert before == sorted(tmp_path.iterdir())


def test_reader_needs_no_lock(tmp_path: Path) -> None:
    """Who only looks may look while a run writes, and sees what is on disk."""
    path = filled(tmp_path / "store.db")
    with Store(path, CLOCK) as writer:
        writer.begin_run()
        with writer.batch():
            writer.write(kit.sighting(7))
            with Store(path, CLOCK, readonly=True) as reader:
                assert 1 == reader.count_owed()


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    """The store, what stands beside it and its folder are for their owner alone."""
    path = tmp_path / "state" / "store.db"
    with Store(path, CLOCK) as store:
        store.begin_run()
        modes = {stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
        assert 4 == len(list(path.parent.iterdir()))
    assert {0o600} == modes
    assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)


def test_two_names_are_one_store(tmp_path: Path) -> None:
    """A link to a store that a run holds is held as well."""
    path = filled(tmp_path / "store.db")
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with Store(path, CLOCK):
        assert "another run holds this store" in refusal(link)


def test_patience_waits_for_the_other_run(tmp_path: Path) -> None:
    """A run waits for the store as long as its patience lasts."""
    path = filled(tmp_path / "store.db")
    first = Store(path, CLOCK)
    opened = threading.Event()

    def second() -> None:
        with Store(path, CLOCK, patience=30):
            opened.set()

    waiting = threading.Thread(target=second)
    waiting.start()
    assert not opened.is_set()
    with first:
        pass
    waiting.join(30)
    assert opened.is_set()


def test_a_delivered_body_is_gone(tmp_path: Path) -> None:
    """Once an alert was delivered, no query finds the log content of its matches."""
    path = filled(tmp_path / "store.db")
    with Store(path, CLOCK) as store:
        store.begin_run()
        with store.batch():
            store.open_alert("here", ["key 0 here"])
            store.settle(store.owed_alerts()[0].id)
    with sqlite3.connect(path) as db:
        assert [(None,)] == db.execute("SELECT body FROM match").fetchall()
        assert (APPLICATION_ID,) == db.execute("PRAGMA application_id").fetchone()
    db.close()


def test_a_long_history_costs_a_run_nothing(tmp_path: Path) -> None:
    """What every run asks of the store is answered from indexes of what is open."""
    path = filled(tmp_path / "store.db")
    asked: list[str] = []
    with Store(path, CLOCK) as store:
        connection: sqlite3.Connection = store._db._db
        connection.set_trace_callback(asked.append)
        store.count_owed(), store.count_held(), store.held_windows(), store.owed_alerts()
        list(store.waiting_stories())
        store.is_settled("x")
        with store.batch():
            store.adopt(kit.rule("many", threshold=Threshold(3, timedelta(minutes=5))), int)
            store.count_held_no_more()
            store.open_alert("here", ["key 0 here"])
            store.alert(store.owed_alerts()[0].id)
            store.suppress("x", "here", Suppression(Reason.EXCEPTION, "a", "b", "c"))
            store.held_back()
            store.end_run(b"{}")
        connection.set_trace_callback(None)
        asked = [query for query in asked if query.startswith(("SELECT", "UPDATE", "DELETE"))]
        scans = [
            (query, step[3])
            for query in asked
            for step in connection.execute(f"EXPLAIN QUERY PLAN {query}")
            if step[3] in ("SCAN match", "SCAN alert", "SCAN run", "SCAN rule", "SCAN suppressed")
            or "SCAN match USING INDEX match_of" in step[3]
        ]
    assert len(asked) > 10
    assert [] == scans
