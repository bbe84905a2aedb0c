-- A rule as it was when it matched: an alert that is owed says what was true then.
CREATE TABLE rule (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX rule_of_name ON rule (name);

CREATE TABLE run (
  id      INTEGER PRIMARY KEY,
  started REAL NOT NULL,          -- seconds since the epoch
  ended   REAL,                   -- NULL: cut short
  report  BLOB                    -- the counts, as JSON
);

-- One row a match: event, rule, destination.
CREATE TABLE match (
  key         TEXT PRIMARY KEY,
  event       TEXT NOT NULL,      -- what makes two events the same
  destination TEXT NOT NULL,
  rule        TEXT NOT NULL REFERENCES rule (id),
  story       TEXT NOT NULL,
  time        INTEGER NOT NULL,   -- event time, milliseconds since the epoch
  window      INTEGER,            -- start of the threshold's window, likewise
  state       TEXT NOT NULL CHECK (state IN ('held', 'owed', 'delivered')),
  counted     INTEGER NOT NULL,   -- 0: suppressed in an earlier run, and listed without counting
  alert       TEXT REFERENCES alert (id),
  seen        REAL NOT NULL,      -- when it came to its state, seconds since the epoch
  body        BLOB                -- event and clauses as JSON; gone once delivered
);
-- SQLite uses a partial index only where the query repeats its condition to the letter.
CREATE INDEX match_owed ON match (destination, story, time) WHERE state = 'owed';
CREATE INDEX match_held ON match (destination, story, window, seen) WHERE state = 'held';
CREATE INDEX match_of_window ON match (destination, story, window) WHERE window IS NOT NULL;
CREATE INDEX match_of_alert ON match (alert) WHERE alert IS NOT NULL;

CREATE TABLE alert (
  id          TEXT PRIMARY KEY,
  destination TEXT NOT NULL,
  rule        TEXT NOT NULL,      -- the name of its rule
  time        INTEGER NOT NULL,   -- of its first event, milliseconds since the epoch
  run         INTEGER NOT NULL,   -- the run that made it
  attempts    INTEGER NOT NULL DEFAULT 0,
  reason      TEXT NOT NULL DEFAULT '',  -- why it is still owed
  delivered   REAL                -- NULL: owed
) WITHOUT ROWID;
CREATE INDEX alert_owed ON alert (run, time) WHERE delivered IS NULL;
CREATE INDEX alert_of_rule ON alert (destination, rule, time);
