"""One SQLite file: opened, held for one writer, and every error of it in the user's words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

import filelock

from trailbell.errors import StoreError
from trailbell.preview import lowered

_STEPS = ("format_1.sql", "format_2.sql")
"""What makes a store of each format out of one of the format before."""
FORMAT = len(_STEPS)
# "tbel": tells a store from the database of another program. https://www.sqlite.org/pragma.html
APPLICATION_ID = 0x7462656C

_ELSE = "name another with --store"
_MENDS = {
    "SQLITE_FULL": "make room on the disk, then run the same again",
    "SQLITE_READONLY": f"allow writing to the file and its folder, or {_ELSE}",
    "SQLITE_CANTOPEN": f"see that its folder exists and may be written to, or {_ELSE}",
    "SQLITE_NOTADB": f"it is no store of Trailbell; {_ELSE}",
    "SQLITE_CORRUPT": f"the file is damaged; move it away, or {_ELSE}",
    "SQLITE_BUSY": "another program holds the file; run again once it is done",
    "SQLITE_LOCKED": "another program holds the file; run again once it is done",
}


class Database:
    """Hold the connection to a store's file, or (``path`` None) to one in memory.

    A writer holds a lock until it closes; it waits up to ``patience`` seconds for another to end.
    A reader (``readonly``) takes no lock, changes nothing and makes no file. Raises StoreError for
    all that goes wrong, here and in every method. A file of an earlier format is brought up to date
    by the first writer; a reader finds it as it is, and ``format`` says what to expect in it.
    """

    def __init__(self, path: Path | None, *, readonly: bool = False, patience: float = 0.0) -> None:
        self._path = path.resolve() if path else None
        self._name = str(path)
        self._lock: filelock.BaseFileLock | None = None
        with contextlib.ExitStack() as undo, self._worded("opened as a store"):
            if self._path and not readonly:
                self._lock = self._held(self._path, patience)
                undo.callback(self._lock.release)
            self._db = _connected(self._path, readonly=readonly)
            undo.callback(self._db.close)
            self._check(readonly=readonly)
            undo.pop_all()

    def close(self) -> None:
        """Close the file, and let the next run have it."""
        self._db.close()
        if self._lock:
            self._lock.release()

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """Write what happens inside as one; it is on disk when the block ends."""
        self.write("BEGIN IMMEDIATE")
        try:
            yield
            self.write("COMMIT")
        except BaseException:
            # A full disk makes SQLite roll back by itself.
            if self._db.in_transaction:
                self.write("ROLLBACK")
            raise

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return all rows of a query, each a tuple."""
        with self._worded("read"):
            return self._db.execute(query, values).fetchall()

    def number(self, query: str, *values: object) -> int:
        """Return the one number that a query gives, 0 for none."""
        return int(self.rows(query, *values)[0][0] or 0)

    def write(self, statement: str, *values: object) -> int:
        """Write, and return how many rows that changed."""
        with self._worded("written"):
            return self._db.execute(statement, values).rowcount

    def write_many(self, statement: str, values: Iterable[tuple[object, ...]]) -> None:
        """Write the same statement with many values."""
        with self._worded("written"):
            self._db.executemany(statement, values)

    @contextlib.contextmanager
    def _worded(self, verb: str) -> Iterator[None]:
        """Turn an error of SQLite, or of the file system, into one that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            # An extended name says more than is needed: SQLITE_READONLY_DIRECTORY.
            kind = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
            mend = _MENDS.get(kind, _ELSE)
            raise StoreError(f"{self._name}: cannot be {verb}: {error}; {mend}") from error

    def _held(self, path: Path, patience: float) -> filelock.BaseFileLock:
        """Make the file where there is none, and hold it for this run alone."""
        lock = filelock.FileLock(path.with_name(f"{path.name}.lock"), mode=0o600)
        try:
            # What the store holds is log content: nobody else on the machine reads it.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire(timeout=patience)
            path.touch(mode=0o600)
        except filelock.Timeout as error:
            raise StoreError(
                f"{self._name}: another run holds this store;"
                f" wait for it to end (a longer --wait does), or {_ELSE}"
            ) from error
        except OSError as error:
            lock.release()
            reason = lowered(error.strerror or type(error).__name__)
            raise StoreError(
                f"{self._name}: cannot be opened as a store: {reason}; {_ELSE}"
            ) from error
        return lock

    def _check(self, *, readonly: bool) -> None:
        """Refuse what is no store; bring an empty file, or one of an earlier format, into shape."""
        application = self.number("PRAGMA application_id")
        self.format = self.number("PRAGMA user_version")
        empty = not self.number("SELECT count(*) FROM sqlite_master")
        if empty and readonly:
            # A process that died before it had made its tables leaves what nobody can read.
            self._db.close()
            self._db = sqlite3.connect(":memory:", isolation_level=None)
        elif empty:
            self._db.execute("PRAGMA journal_mode = WAL")
        elif application != APPLICATION_ID:
            raise StoreError(f"{self._name}: is the database of another program; {_ELSE}")
        elif not 1 <= self.format <= FORMAT:
            raise StoreError(
                f"{self._name}: was written by another version of Trailbell (format {self.format},"
                f" this one reads up to {FORMAT}); use that version, or {_ELSE}"
            )
        if self.format < FORMAT and (empty or not readonly):
            # In one transaction: a process that dies on the way leaves the file as it was.
            self._db.executescript(
                f"BEGIN IMMEDIATE; {_steps_from(self.format)}"
                f" PRAGMA application_id = {APPLICATION_ID};"
                f" PRAGMA user_version = {FORMAT}; COMMIT;"
            )
            self.format = FORMAT
        self._db.execute("PRAGMA synchronous = FULL")


def _steps_from(version: int) -> str:
    """Return the SQL that brings a store of a format up to date; 0 is an empty file."""
    folder = resources.files("trailbell.store")
    return "".join((folder / step).read_text("utf-8") for step in _STEPS[version:])


def _connected(path: Path | None, *, readonly: bool) -> sqlite3.Connection:
    """Connect to a file, or to memory alone; transactions begin where the code says so."""
    if path is None or (readonly and not (path.exists() and path.stat().st_size)):
        return sqlite3.connect(":memory:", isolation_level=None)
    if not readonly:
        return sqlite3.connect(path, isolation_level=None)
    # A reader that could write would fold what a crashed run left beside the file into it. SQLite
    # wants to make two files beside the store even to read it, but for one that nobody can change:
    # https://www.sqlite.org/wal.html#read_only_databases
    left = path.with_name(f"{path.name}-wal").exists()
    frozen = "" if left or os.access(path.parent, os.W_OK) else "&immutable=1"
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro{frozen}", uri=True, isolation_level=None
    )
