"""The store in one SQLite file: the embedded default.

A match is written here before it is acted on. What a ``batch`` block writes is on disk when the
block ends, so a crash loses nothing: what was written and not delivered is owed, and the next run
begins with it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import msgspec

from trailbell.clock import Clock
from trailbell.counts import Reason, Suppression
from trailbell.model import Alert, Clause, LogEvent, Match, Rule, Sighting
from trailbell.record import digest
from trailbell.store.database import Database
from trailbell.store.mutes import Mutes
from trailbell.store.rows import Owed, PastRun, Suppressed, Tally, Waiting, Window
from trailbell.stories import LONGEST_WINDOW
from trailbell.suppression import below_threshold

SUPPRESSED_DAYS = 30
"""Days that the store knows why a match was suppressed."""
_CAUSES_SINCE_FORMAT = 2
SHORTEST_ID = 10
"""Characters of an alert's id, unless another alert has the same."""


class _Body(msgspec.Struct, frozen=True):
    """Hold what of a match the message needs."""

    event: LogEvent
    clauses: tuple[Clause, ...]
    pattern: str = ""


class Store:
    """Remember matches and alerts, in a file or (``path`` None) in memory alone.

    One run at a time writes to a file; it waits up to ``patience`` seconds for another to end.
    With ``readonly`` nothing is changed, and a file that is not there reads as an empty store.
    Every method raises StoreError where the file cannot be used. ``mutes`` are those it keeps.
    """

    def __init__(
        self, path: Path | None, clock: Clock, *, readonly: bool = False, patience: float = 0.0
    ) -> None:
        self._clock = clock
        self._run = 0
        self._db = Database(path, readonly=readonly, patience=patience)
        self.mutes = Mutes(self._db, clock)
        self._db.write("CREATE TEMP TABLE sighted (key TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def batch(self) -> contextlib.AbstractContextManager[None]:
        """Write what happens inside as one; it is on disk when the block ends."""
        return self._db.batch()

    # A run

    def begin_run(self) -> None:
        """Note that a run begins."""
        with self.batch():
            self._db.write("INSERT INTO run (started) VALUES (?)", self._clock.now())
            self._run = self._db.number("SELECT last_insert_rowid()")

    def adopt(self, rule: Rule, window_of: Callable[[int], int | None]) -> None:
        """Let a rule stand for earlier forms of it in what a threshold held back.

        ``window_of`` gives the start of the rule's window for a time, both in milliseconds.
        """
        body, rule_id = _written(rule)
        rows = self._db.rows(
            "SELECT key, time FROM match WHERE window IS NOT NULL"
            " AND rule IN (SELECT id FROM rule WHERE name = ? AND id <> ?)",
            rule.name,
            rule_id,
        )
        if not rows:
            return
        self._db.write("INSERT OR IGNORE INTO rule VALUES (?, ?, ?)", rule_id, rule.name, body)
        # An alert that is owed keeps the rule as it was when it matched.
        self._db.write_many(
            "UPDATE match SET window = ?, rule = iif(state = 'owed', rule, ?) WHERE key = ?",
            ((window_of(time), rule_id, key) for key, time in rows),
        )

    def end_run(self, report: bytes) -> None:
        """Note the counts of this run, and forget what nobody can need any more."""
        now = self._clock.now()
        self.count_held_no_more()
        self._db.write("UPDATE run SET ended = ?, report = ? WHERE id = ?", now, report, self._run)
        self._db.write(
            "DELETE FROM match WHERE state = 'held' AND seen < ?",
            now - LONGEST_WINDOW.total_seconds(),
        )
        self._db.write("DELETE FROM suppressed WHERE seen < ?", now - SUPPRESSED_DAYS * 86_400)
        self.mutes.forget()

    # Matches

    def first_sight(self, key: str) -> bool:
        """Note that this run saw a match; tell whether it is the first time in this run."""
        return self._db.write("INSERT OR IGNORE INTO sighted VALUES (?)", key) == 1

    def is_settled(self, key: str) -> bool:
        """Tell whether a match was delivered or is owed."""
        return bool(
            self._db.number("SELECT count(*) FROM match WHERE key = ? AND state <> 'held'", key)
        )

    def write(self, sighting: Sighting) -> None:
        """Write a match down, which counts from now on: held where it has a window, else owed.

        What an earlier run wrote under the same key is replaced.
        """
        self._db.write("DELETE FROM suppressed WHERE key = ?", sighting.key)
        match = sighting.match
        body, rule_id = _written(match.rule)
        self._db.write(
            "INSERT OR IGNORE INTO rule VALUES (?, ?, ?)", rule_id, match.rule.name, body
        )
        self._db.write(
            "INSERT OR REPLACE INTO match (key, event, destination, rule, story, time, window,"
            " state, counted, seen, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
            sighting.key,
            sighting.event,
            sighting.destination,
            rule_id,
            sighting.story,
            sighting.time,
            sighting.window,
            "owed" if sighting.window is None else "held",
            self._clock.now(),
            msgspec.json.encode(_Body(match.event, match.clauses, match.pattern)),
        )

    def suppress(self, key: str, destination: str, cause: Suppression) -> None:
        """Note why a match is not sent; of it the key alone is kept.

        What a threshold held back under the same key is taken out of its window. A mute counts the
        match, unless an earlier run has seen it muted by the same.
        """
        self._db.write("DELETE FROM match WHERE key = ? AND state = 'held'", key)
        said = (cause.rule, cause.reason.value, cause.name, cause.why)
        self._db.write(
            "INSERT OR IGNORE INTO cause (rule, reason, name, why) VALUES (?, ?, ?, ?)", *said
        )
        cause_id = self._db.number(
            "SELECT id FROM cause WHERE rule = ? AND reason = ? AND name = ? AND why = ?", *said
        )
        # A mute that is put again keeps its beginning, whatever reason it has now.
        known = cause.mute and self._db.number(
            "SELECT count(*) FROM suppressed JOIN cause ON cause.id = suppressed.cause"
            " WHERE key = ? AND rule = ? AND cause.reason = ? AND name = ?"
            " AND seen >= (SELECT since FROM mute WHERE mute.id = ?)",
            key,
            *said[:3],
            cause.mute,
        )
        self._db.write(
            "INSERT OR REPLACE INTO suppressed VALUES (?, ?, ?, ?)",
            key,
            destination,
            cause_id,
            self._clock.now(),
        )
        if cause.mute and not known:
            self.mutes.count(cause.mute)

    def count_owed(self) -> int:
        """Return how many matches the store owes, to all destinations."""
        return self._db.number("SELECT sum(counted) FROM match WHERE state = 'owed'")

    def count_held(self) -> int:
        """Return how many of the matches that a threshold holds back count."""
        return self._db.number("SELECT sum(counted) FROM match WHERE state = 'held'")

    def held_back(self) -> list[Suppressed]:
        """Return what thresholds hold back and counts, by rule."""
        return self._held(counted=1)

    def count_held_no_more(self) -> None:
        """Let what is held back no longer count: the run that saw it has suppressed it."""
        self._db.write("UPDATE match SET counted = 0 WHERE state = 'held' AND counted")

    # Alerts

    def held_windows(self) -> list[Window]:
        """Return the windows that hold back a match which counts, the oldest first."""
        windows = self._db.rows(
            "SELECT DISTINCT destination, story, window FROM match"
            " WHERE state = 'held' AND counted ORDER BY window, story, destination"
        )
        return [self._window(*window) for window in windows]

    def _window(self, destination: str, story: str, start: int) -> Window:
        """Read one window, of which a match is held back."""
        of_window = "FROM match WHERE destination = ? AND story = ? AND window = ?"
        place = (destination, story, start)
        events = self._db.number(f"SELECT count(DISTINCT event) {of_window}", *place)
        held = self._db.rows(
            f"SELECT key, time, length(body), rule {of_window} AND state = 'held'"
            " ORDER BY time, rowid",
            *place,
        )
        return Window(destination, self._rule(held[-1][3]), events, tuple(row[:3] for row in held))

    def held_event(self, key: str) -> LogEvent:
        """Return the event of a match that is held back, without its credentials."""
        (stored,) = self._db.rows("SELECT body FROM match WHERE key = ?", key)[0]
        return msgspec.json.decode(stored, type=_Body).event

    def waiting_stories(self) -> Iterator[tuple[str, tuple[Waiting, ...]]]:
        """Yield, story by story, the destination and the owed matches that are in no alert yet.

        The stories are in the order of their beginning, the matches in that of their times. An
        alert may be made of a story before the next is asked for.
        """
        stories = self._db.rows(
            "SELECT destination, story FROM match WHERE state = 'owed' AND alert IS NULL"
            " GROUP BY destination, story ORDER BY min(time), story, destination"
        )
        for destination, story in stories:
            matches = self._db.rows(
                "SELECT key, time, length(body) FROM match WHERE state = 'owed'"
                " AND alert IS NULL AND destination = ? AND story = ? ORDER BY time, rowid",
                destination,
                story,
            )
            yield destination, tuple(matches)

    def open_alert(self, destination: str, keys: Sequence[str]) -> None:
        """Make an alert of matches of one rule; those that were held back are owed from now on."""
        alert_id = self._free_id(_hash_of(keys))
        self._db.write(
            "INSERT INTO alert (id, destination, rule, time, run)"
            " SELECT ?, ?, rule.name, time, ? FROM match JOIN rule ON rule.id = match.rule"
            " WHERE key = ?",
            alert_id,
            destination,
            self._run,
            keys[0],
        )
        self._db.write_many(
            "UPDATE match SET alert = ?, state = 'owed' WHERE key = ?",
            ((alert_id, key) for key in keys),
        )

    def _free_id(self, whole: str) -> str:
        """Return as much of a hash as no other alert has."""
        taken = "SELECT count(*) FROM alert WHERE id = ?"
        length = SHORTEST_ID
        while self._db.number(taken, whole[:length]):
            length += 1
        return whole[:length]

    def owed_alerts(self) -> list[Owed]:
        """Return the alerts that are owed: those of earlier runs first, then the oldest event."""
        rows = self._db.rows(
            # Left to itself SQLite goes through every alert there ever was, for the grouping.
            "SELECT alert.id, alert.destination, sum(counted), attempts, reason, alert.rule"
            " FROM alert INDEXED BY alert_owed CROSS JOIN match ON match.alert = alert.id"
            " WHERE delivered IS NULL"
            " GROUP BY alert.id ORDER BY alert.run, alert.time, alert.id"
        )
        return [Owed(*row) for row in rows]

    def alert(self, alert_id: str) -> Alert:
        """Return an alert that is owed, with its matches in the order of their times."""
        rows = self._db.rows(
            "SELECT destination, rule, body FROM match WHERE alert = ? ORDER BY time, rowid",
            alert_id,
        )
        rules = {rule_id: self._rule(rule_id) for rule_id in {row[1] for row in rows}}
        matches = []
        for _, rule_id, stored in rows:
            body = msgspec.json.decode(stored, type=_Body)
            matches.append(Match(rules[rule_id], body.event, body.clauses, body.pattern))
        number = self._db.number(
            "SELECT count(*) FROM alert AS this JOIN alert AS other USING (destination, rule)"
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
        self._db.write("UPDATE alert SET delivered = ?, reason = '' WHERE id = ?", now, alert_id)
        self._db.write(
            "UPDATE match SET state = 'delivered', body = NULL, seen = ? WHERE alert = ?",
            now,
            alert_id,
        )
        return self._db.number("SELECT sum(counted) FROM match WHERE alert = ?", alert_id)

    def keep_owing(self, alert_id: str, reason: str) -> None:
        """Note that an attempt to deliver an alert failed, and why."""
        self._db.write(
            "UPDATE alert SET attempts = attempts + 1, reason = ? WHERE id = ?", reason, alert_id
        )

    # The whole

    def last_run(self) -> PastRun | None:
        """Return the newest run, None where there was none."""
        rows = self._db.rows("SELECT started, ended, report FROM run ORDER BY id DESC LIMIT 1")
        return PastRun(*rows[0]) if rows else None

    def rule_names(self) -> list[str]:
        """Return the names of the rules that a match was written down of."""
        return [name for (name,) in self._db.rows("SELECT DISTINCT name FROM rule")]

    def tallies(self) -> list[Tally]:
        """Return how many matches of each destination are delivered, held back or owed."""
        rows = self._db.rows(
            "SELECT destination, state, count(*), max(seen) FROM match"
            " GROUP BY destination, state ORDER BY destination, state"
        )
        return [Tally(*row) for row in rows]

    def suppressions(self) -> list[Suppressed]:
        """Return how many matches ended suppressed, by rule, reason and name, the most first.

        Those of a threshold are the ones that wait for its window to fill up.
        """
        found = self._held()
        if self._db.format >= _CAUSES_SINCE_FORMAT:
            rows = self._db.rows(
                # SQLite takes what is neither grouped nor counted from the row of the maximum.
                "SELECT rule, reason, name, why, count(*), max(seen) FROM suppressed"
                " JOIN cause ON cause.id = suppressed.cause GROUP BY rule, reason, name"
            )
            found += [
                Suppressed(Suppression(Reason(reason), rule, name, why), matches, last)
                for rule, reason, name, why, matches, last in rows
            ]
        return sorted(found, key=lambda one: (-one.matches, one.cause))

    def _held(self, counted: int = 0) -> list[Suppressed]:
        """Return what thresholds hold back, by what they say; where asked, what counts alone."""
        rows = self._db.rows(
            "SELECT rule, count(*), max(seen) FROM match WHERE state = 'held' AND counted >= ?"
            " GROUP BY rule ORDER BY rule",
            counted,
        )
        found: dict[Suppression, Suppressed] = {}
        for rule_id, matches, last in rows:
            cause = below_threshold(self._rule(rule_id))
            other = found.get(cause, Suppressed(cause, 0, 0.0))
            found[cause] = Suppressed(cause, other.matches + matches, max(other.last, last))
        return list(found.values())

    def _rule(self, rule_id: str) -> Rule:
        body = self._db.rows("SELECT body FROM rule WHERE id = ?", rule_id)[0][0]
        return msgspec.json.decode(body, type=Rule)


def _written(rule: Rule) -> tuple[bytes, str]:
    """Return a rule as JSON, and the id of this form of it."""
    body = msgspec.json.encode(rule)
    return body, digest(body.decode())


def _hash_of(keys: Sequence[str]) -> str:
    """Return what an alert's id is taken from."""
    return digest(*keys)
