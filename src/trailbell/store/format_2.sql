-- Why matches of a rule were suppressed, once for all of them.
CREATE TABLE cause (
  id     INTEGER PRIMARY KEY,
  rule   TEXT NOT NULL,           -- the name of the rule
  reason TEXT NOT NULL,           -- as the report calls it
  name   TEXT NOT NULL,           -- of the exception, or what the mute is for
  why    TEXT NOT NULL,           -- the reason that people gave
  UNIQUE (rule, reason, name, why)
);

-- One row a match, event, rule, destination, that was suppressed and is not in the table match: of
-- it the key alone is kept. A later run that sends it takes it out.
CREATE TABLE suppressed (
  key         TEXT PRIMARY KEY,
  destination TEXT NOT NULL,
  cause       INTEGER NOT NULL REFERENCES cause (id),
  seen        REAL NOT NULL       -- by the last run, seconds since the epoch
) WITHOUT ROWID;
CREATE INDEX suppressed_seen ON suppressed (seen);

-- What is not to ring for a while. An empty rule, actor or account is any.
CREATE TABLE mute (
  id        TEXT PRIMARY KEY,
  rule      TEXT NOT NULL,
  actor     TEXT NOT NULL,
  account   TEXT NOT NULL,
  owner     TEXT NOT NULL,
  reason    TEXT NOT NULL,
  since     REAL NOT NULL,        -- seconds since the epoch, as are the next two
  until     REAL NOT NULL,
  lifted    REAL,                 -- NULL: not before its time
  lifted_by TEXT NOT NULL,
  matches   INTEGER NOT NULL,     -- that were muted by it, each once
  noted     INTEGER NOT NULL      -- 1: somebody was told that it ended
) WITHOUT ROWID;

-- What a changed rule takes over is found among all that a threshold ever rang for.
CREATE INDEX match_of_rule ON match (rule) WHERE window IS NOT NULL;
