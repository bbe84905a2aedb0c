"""The store in one SQLite file: the embedded default.

A match is written here before it is acted on. Everything that a run does between two ``batch``
blocks is on disk when the block ends, so a crash loses nothing: what was written and not
delivered is owed, and the next run begins with it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Self

import filelock
import msgspec

from trailbell.errors import StoreError
from trailbell.model import Alert, Clause, LogEvent, Match, Rule
from trailbell.record import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from trailbell.clock import Clock
    from trailbell.model import Sighting

FORMAT = 1
# What a threshold held back is kept for the windows that may still fill up.
HELD_DAYS = 30


class _Body(msgspec.Struct, frozen=True):
    """Hold what of a match the message needs."""

    event: LogEvent
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """Name an alert that is owed, with the last reason why; ``matches`` are those that count."""

    id: str
    destination: str
    matches: int
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Say how many matches of a destination stand in a state, and when the last came to it.

    ``last`` is in seconds since the epoch.
    """

    destination: str
    state: str
    matches: int
    last: float


class Store:
    """Remember matches and alerts, in a file or (``path`` None) in memory alone.

    Raises StoreError where the file cannot be used.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self.path = path
        self._clock = clock
        self._run = 0
        self._lock: filelock.BaseFileLock | None = None
        try:
            self._db = _opened(path)
            self._db.execute("CREATE TEMP TABLE sighted (key TEXT PRIMARY KEY) WITHOUT ROWID")
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{path}: cannot be used as a store: {error}; name another with --store"
            ) from error

    def begin_run(self, patience: float = 0.0) -> None:
        """Hold the store for one run; wait up to ``patience`` seconds for another to end.

        Raises StoreError where another run still holds it.
        """
        if self.path:
            self._lock = _locked(self.path, patience)
        with self.batch():
            cursor = self._db.execute("INSERT INTO run (started) VALUES (?)", (self._clock.now(),))
            self._run = int(cursor.lastrowid or 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        if self._lock:
            self._lock.release()

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """Write what happens inside as one; it is on disk when the block ends.

        Raises StoreError where the disk is full or fails.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot be written: {error}") from error

    # Matches

    def first_sight(self, key: str) -> bool:
        """Note that this run saw a match; tell whether it is the first time in this run."""
        query = "INSERT OR IGNORE INTO sighted VALUES (?)"
        return self._db.execute(query, (key,)).rowcount == 1

    def is_settled(self, key: str) -> bool:
        """Tell whether a match was delivered or is owed."""
        return bool(
            self._db.execute(
                "SELECT 1 FROM match WHERE key = ? AND state <> 'held'", (key,)
            ).fetchone()
        )

    def write(self, sighting: Sighting) -> None:
        """Write a match down: held where its rule has a threshold, else owed.

        A match that an earlier run held back counts in this run from now on.
        """
        match = sighting.match
        rule_body = msgspec.json.encode(match.rule)
        rule_id = digest(rule_body.decode())
        self._db.execute("INSERT OR IGNORE INTO rule VALUES (?, ?)", (rule_id, rule_body))
        self._db.execute(
            "INSERT INTO match (key, event, destination, rule, story, time, window, state,"
            " counted, run, seen, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET run = excluded.run, rule = excluded.rule,"
            " story = excluded.story, window = excluded.window, state = excluded.state,"
            " seen = excluded.seen",
            (
                sighting.key,
                sighting.event,
                sighting.destination,
                rule_id,
                sighting.story,
                sighting.time,
                sighting.window,
                "owed" if sighting.window is None else "held",
                self._run,
                self._clock.now(),
                msgspec.json.encode(_Body(match.event, match.clauses)),
            ),
        )

    def count_owed(self) -> int:
        """Return how many matches the store owes, to all destinations."""
        return self._number("SELECT count(*) FROM match WHERE state = 'owed' AND counted")

    def count_held(self) -> int:
        """Return how many matches this run saw that a threshold still holds back."""
        return self._number(
            "SELECT count(*) FROM match WHERE state = 'held' AND run = ?", self._run
        )

    # Alerts

    def held_windows(self) -> Iterator[tuple[str, Rule, int, list[str]]]:
        """Yield each window that holds matches back: destination, rule, distinct events, keys.

        The events of the window are counted whatever became of them; the keys are those of the
        matches that are held, in the order of their times.
        """
        windows = self._db.execute(
            "SELECT DISTINCT destination, story, window FROM match WHERE state = 'held'"
            " ORDER BY window, story"
        ).fetchall()
        for window in windows:
            of_window = "FROM match WHERE destination = ? AND story = ? AND window = ?"
            events = self._number(f"SELECT count(DISTINCT event) {of_window}", *window)
            held = self._db.execute(
                f"SELECT key, rule {of_window} AND state = 'held' ORDER BY time, key",
                window,
            ).fetchall()
            yield window[0], self._rule(held[-1][1]), events, [key for key, _ in held]

    def waiting_stories(self) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
        """Yield, story by story, the destination and the owed matches that are in no alert yet.

        A match is a tuple of key, event time (milliseconds) and size (bytes); they are in the
        order of their times.
        """
        stories = self._db.execute(
            "SELECT destination, story FROM match WHERE state = 'owed' AND alert IS NULL"
            " GROUP BY destination, story ORDER BY min(time), story"
        ).fetchall()
        for story in stories:
            matches = self._db.execute(
                "SELECT key, time, length(body) FROM match WHERE state = 'owed'"
                " AND alert IS NULL AND destination = ? AND story = ? ORDER BY time, key",
                story,
            ).fetchall()
            yield story[0], matches

    def open_alert(self, destination: str, keys: Sequence[str]) -> None:
        """Make an alert of matches; those that a threshold held back are owed from now on.

        A match that only an earlier run saw was counted there, and is listed without counting.
        """
        alert_id = digest(*keys)[:10]
        placed = [(alert_id, self._run, key) for key in keys]
        (rule, time) = self._db.execute(
            "SELECT rule, time FROM match WHERE key = ?", (keys[0],)
        ).fetchone()
        self._db.execute(
            "INSERT INTO alert (id, destination, rule, time, created) VALUES (?, ?, ?, ?, ?)",
            (alert_id, destination, self._rule(rule).name, time, self._clock.now()),
        )
        self._db.executemany(
            "UPDATE match SET alert = ?, counted = (state = 'owed' OR run = ?), state = 'owed'"
            " WHERE key = ?",
            placed,
        )

    def owed_alerts(self) -> list[Owed]:
        """Return the alerts that are owed, the oldest event first."""
        rows = self._db.execute(
            "SELECT alert.id, alert.destination, sum(counted), attempts, reason FROM alert"
            " JOIN match ON match.alert = alert.id WHERE alert.delivered IS NULL"
            " GROUP BY alert.id ORDER BY alert.time, alert.id"
        )
        return [Owed(*row) for row in rows]

    def alert(self, alert_id: str) -> Alert:
        """Return an alert that is owed, with its matches in the order of their times."""
        rows = self._db.execute(
            "SELECT destination, rule, body FROM match WHERE alert = ? ORDER BY time, key",
            (alert_id,),
        ).fetchall()
        matches = []
        for _, rule, stored in rows:
            body = msgspec.json.decode(stored, type=_Body)
            matches.append(Match(self._rule(rule), body.event, body.clauses))
        number = self._number(
            "SELECT count(*) FROM alert AS this JOIN alert AS other USING (rule, destination)"
            " WHERE this.id = ? AND (other.time, other.id) <= (this.time, this.id)"
            " AND other.time > this.time - 86400000",
            alert_id,
        )
        return Alert(alert_id, rows[0][0], tuple(matches), number)

    def settle(self, alert_id: str) -> int:
        """Note that an alert was delivered; return how many matches count as delivered by it.

        Of its matches only the keys are kept.
        """
        now = self._clock.now()
        counted = self._number("SELECT sum(counted) FROM match WHERE alert = ?", alert_id)
        self._db.execute("UPDATE alert SET delivered = ? WHERE id = ?", (now, alert_id))
        self._db.execute(
            "UPDATE match SET state = 'delivered', body = NULL, seen = ? WHERE alert = ?",
            (now, alert_id),
        )
        return counted

    def keep_owing(self, alert_id: str, reason: str) -> None:
        """Note that an attempt to deliver an alert failed, and why."""
        self._db.execute(
            "UPDATE alert SET attempts = attempts + 1, reason = ? WHERE id = ?",
            (reason, alert_id),
        )

    # The run and the whole

    def end_run(self, report: bytes) -> None:
        """Note the counts of this run, and forget what no window can need any more."""
        now = self._clock.now()
        self._db.execute(
            "UPDATE run SET ended = ?, report = ? WHERE id = ?", (now, report, self._run)
        )
        self._db.execute(
            "DELETE FROM match WHERE state = 'held' AND seen < ?", (now - HELD_DAYS * 86_400,)
        )

    def last_runs(self, number: int) -> list[tuple[float, float | None, bytes | None]]:
        """Return start, end and report of the newest runs before this one, the newest first."""
        return self._db.execute(
            "SELECT started, ended, report FROM run WHERE id <> ? ORDER BY id DESC LIMIT ?",
            (self._run, number),
        ).fetchall()

    def tallies(self) -> list[Tally]:
        """Return how many matches of each destination are delivered, owed or held back."""
        rows = self._db.execute(
            "SELECT destination, state, count(*), max(seen) FROM match"
            " GROUP BY destination, state ORDER BY destination, state"
        )
        return [Tally(*row) for row in rows]

    def _rule(self, rule_id: str) -> Rule:
        (body,) = self._db.execute("SELECT body FROM rule WHERE id = ?", (rule_id,)).fetchone()
        return msgspec.json.decode(body, type=Rule)

    def _number(self, query: str, *values: object) -> int:
        (number,) = self._db.execute(query, values).fetchone()
        return int(number or 0)


def _locked(path: Path, patience: float) -> filelock.BaseFileLock:
    """Hold the store for this run alone."""
    lock = filelock.FileLock(path.with_name(f"{path.name}.lock"), mode=0o600)
    try:
        lock.acquire(timeout=patience)
    except filelock.Timeout as error:
        raise StoreError(
            f"{path}: another run holds this store;"
            " wait for it to end, or name another with --store"
        ) from error
    return lock


def _opened(path: Path | None) -> sqlite3.Connection:
    """Open the database and bring an empty one into shape."""
    if path:
        # What the store holds is log content: nobody else on the machine reads it.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    db = sqlite3.connect(path or ":memory:", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version not in (0, FORMAT):
        db.close()
        raise StoreError(
            f"{path}: was written by another version of Trailbell (format {version}, this one"
            f" reads {FORMAT}); upgrade, or name another with --store"
        )
    if version == 0:
        script = (resources.files("trailbell.store") / "schema.sql").read_text(encoding="utf-8")
        db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {FORMAT}; COMMIT;")
    return db
