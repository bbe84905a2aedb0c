"""The mutes of a store: kept until a month after they ended."""

from __future__ import annotations

import dataclasses

from trailbell.clock import Clock
from trailbell.mutes import Mute
from trailbell.record import digest
from trailbell.store.database import Database

KEPT_DAYS = 30
"""Days that a mute is kept after it ended."""
SHORTEST_ID = 6
"""Characters of a mute's id, unless another mute has the same."""
_SINCE_FORMAT = 2
_COLUMNS = "rule, actor, account, owner, reason, since, until, id, lifted, lifted_by, matches"


class Mutes:
    """Keep mutes: who muted what until when, and what that kept back.

    Every method raises StoreError where the file cannot be used; what writes is called in a batch
    of the store.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def all(self) -> list[Mute]:
        """Return all mutes that are kept, those that end last first."""
        if self._db.format < _SINCE_FORMAT:
            return []
        return self._found("1")

    def holding(self) -> list[Mute]:
        """Return the mutes that hold now, those that end last first."""
        now = self._clock.now()
        return [mute for mute in self.all() if mute.holds(now)]

    def put(self, mute: Mute) -> tuple[Mute, Mute | None]:
        """Keep a mute; return it with its id, and the one of the same that it takes the place of.

        What took its place goes on counting where the other was.
        """
        same = (mute.rule, mute.actor, mute.account)
        for old in self.holding():
            if same == (old.rule, old.actor, old.account):
                self._db.write(
                    "UPDATE mute SET owner = ?, reason = ?, until = ? WHERE id = ?",
                    mute.owner,
                    mute.reason,
                    mute.until,
                    old.id,
                )
                return self._one(old.id), old
        kept = dataclasses.replace(mute, id=self._free_id(digest(*same, repr(mute.since))))
        self.copy(kept)
        return kept, None

    def copy(self, mute: Mute) -> None:
        """Keep a mute of another store as it is."""
        self._db.write(
            "INSERT INTO mute (rule, actor, account, owner, reason, since, until, id, lifted,"
            " lifted_by, matches, noted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            mute.rule,
            mute.actor,
            mute.account,
            mute.owner,
            mute.reason,
            mute.since,
            mute.until,
            mute.id,
            mute.lifted,
            mute.lifted_by,
            mute.matches,
        )

    def lift(self, mute_id: str, by: str) -> Mute:
        """End a mute that holds, before its time; who asked for that is told what it kept back."""
        self._db.write(
            "UPDATE mute SET lifted = ?, lifted_by = ?, noted = 1 WHERE id = ?",
            self._clock.now(),
            by,
            mute_id,
        )
        return self._one(mute_id)

    def count(self, mute_id: str) -> None:
        """Count a match that a mute keeps back."""
        self._db.write("UPDATE mute SET matches = matches + 1 WHERE id = ?", mute_id)

    def ended_unnoted(self) -> list[Mute]:
        """Return the mutes that have ended and nobody was told of."""
        now = self._clock.now()
        return [mute for mute in self._found("noted = 0") if mute.ended <= now]

    def note_end(self, mute_id: str) -> None:
        """Note that somebody was told that a mute ended."""
        self._db.write("UPDATE mute SET noted = 1 WHERE id = ?", mute_id)

    def forget(self) -> None:
        """Forget what ended long ago."""
        self._db.write(
            "DELETE FROM mute WHERE coalesce(lifted, until) < ?",
            self._clock.now() - KEPT_DAYS * 86_400,
        )

    def _one(self, mute_id: str) -> Mute:
        """Return a mute by its id."""
        return self._found("id = ?", mute_id)[0]

    def _found(self, condition: str, *values: object) -> list[Mute]:
        """Return the mutes that a condition of SQL holds for, those that end last first."""
        rows = self._db.rows(
            f"SELECT {_COLUMNS} FROM mute WHERE {condition}"  # noqa: S608  conditions stand above
            " ORDER BY coalesce(lifted, until) DESC, id",
            *values,
        )
        return [Mute(*row) for row in rows]

    def _free_id(self, whole: str) -> str:
        """Return as much of a hash as no other mute has."""
        length = SHORTEST_ID
        while self._found("id = ?", whole[:length]):
            length += 1
        return whole[:length]
