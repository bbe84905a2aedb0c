-- A rule as it was when it matched: an alert that is owed says what was true then.
CREATE TABLE IF NOT EXISTS rule (
  id   TEXT PRIMARY KEY,
  body BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS run (
  id      INTEGER PRIMARY KEY,
  started REAL NOT NULL,          -- seconds since the epoch
  ended   REAL,
  report  BLOB                    -- the counts, as JSON
);

-- One row a match: event, rule, destination.
CREATE TABLE IF NOT EXISTS match (
  key         TEXT PRIMARY KEY,
  event       TEXT NOT NULL,      -- what makes two events the same
  destination TEXT NOT NULL,
  rule        TEXT NOT NULL REFERENCES rule (id),
  story       TEXT NOT NULL,
  time        INTEGER NOT NULL,   -- event time, milliseconds since the epoch
  window      INTEGER,            -- start of the threshold's window, likewise
  state       TEXT NOT NULL CHECK (state IN ('held', 'owed', 'delivered')),
  counted     INTEGER NOT NULL,   -- 0: suppressed in an earlier run, and only listed now
  alert       TEXT REFERENCES alert (id),
  run         INTEGER NOT NULL,   -- the last run that saw it
  seen        REAL NOT NULL,      -- seconds since the epoch
  body        BLOB                -- event and clauses as JSON; gone once delivered
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS match_of_alert ON match (alert) WHERE alert IS NOT NULL;
CREATE INDEX IF NOT EXISTS match_waiting ON match (state, destination, story, time) WHERE state <> 'delivered';
CREATE INDEX IF NOT EXISTS match_of_window ON match (destination, story, window) WHERE window IS NOT NULL;

CREATE TABLE IF NOT EXISTS alert (
  id          TEXT PRIMARY KEY,
  destination TEXT NOT NULL,
  rule        TEXT NOT NULL,      -- the name of its rule
  time        INTEGER NOT NULL,   -- of its first event
  created     REAL NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  reason      TEXT NOT NULL DEFAULT '',  -- why it is still owed
  delivered   REAL                -- NULL: owed
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alert_owed ON alert (destination, time) WHERE delivered IS NULL;
