-- A store as the first format had it: one match delivered, one owed, one held back.
BEGIN TRANSACTION;
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
INSERT INTO "alert" VALUES('3d2f9a2413','here','trail-stopped',1773490200000,1,1,'it is away',NULL);
INSERT INTO "alert" VALUES('a345b41300','here','trail-stopped',1773489600000,1,0,'',1773489600.0);
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
INSERT INTO "match" VALUES('key 1 here','event 1','here','afddaf64ea5afff95efe0f51d37b077ed2179226','story',1773489600000,NULL,'delivered',1,'a345b41300',1773489600.0,NULL);
INSERT INTO "match" VALUES('key 2 here','event 2','here','afddaf64ea5afff95efe0f51d37b077ed2179226','story',1773490200000,NULL,'owed',1,'3d2f9a2413',1773489600.0,CAST('{"event":{"message":"{\"eventVersion\": \"1.11\", \"userIdentity\": {\"type\": \"IAMUser\", \"principalId\": \"AIDAEXAMPLEALICE00001\", \"arn\": \"arn:aws:iam::111122223333:user/alice\", \"accountId\": \"111122223333\", \"userName\": \"alice\"}, \"eventTime\": \"2026-03-14T12:10:00Z\", \"eventSource\": \"cloudtrail.amazonaws.com\", \"eventName\": \"StopLogging\", \"awsRegion\": \"eu-central-1\", \"sourceIPAddress\": \"203.0.113.7\", \"userAgent\": \"aws-cli/2.17.0\", \"requestParameters\": {\"name\": \"arn:aws:cloudtrail:eu-central-1:111122223333:trail/main\"}, \"responseElements\": null, \"eventID\": \"5f0e1d2c-0000-4000-8000-000000000002\", \"eventType\": \"AwsApiCall\", \"recipientAccountId\": \"111122223333\"}","id":"5f0e1d2c-0000-4000-8000-000000000002","timestamp":1773490200000,"origin":{"account":"","region":"","log_group":"","log_stream":"","path":"","position":0},"mended":false},"clauses":[],"pattern":""}' AS BLOB));
INSERT INTO "match" VALUES('key 3 here','event 3','here','daa5e2de95e2eb1a700a5ae012f22dd2b40905b6','story',1773489605000,1773489600000,'held',0,NULL,1773489600.0,CAST('{"event":{"message":"{\"eventVersion\": \"1.11\", \"userIdentity\": {\"type\": \"IAMUser\", \"principalId\": \"AIDAEXAMPLEALICE00001\", \"arn\": \"arn:aws:iam::111122223333:user/alice\", \"accountId\": \"111122223333\", \"userName\": \"alice\"}, \"eventTime\": \"2026-03-14T12:00:05Z\", \"eventSource\": \"cloudtrail.amazonaws.com\", \"eventName\": \"StopLogging\", \"awsRegion\": \"eu-central-1\", \"sourceIPAddress\": \"203.0.113.7\", \"userAgent\": \"aws-cli/2.17.0\", \"requestParameters\": {\"name\": \"arn:aws:cloudtrail:eu-central-1:111122223333:trail/main\"}, \"responseElements\": null, \"eventID\": \"5f0e1d2c-0000-4000-8000-000000000003\", \"eventType\": \"AwsApiCall\", \"recipientAccountId\": \"111122223333\"}","id":"5f0e1d2c-0000-4000-8000-000000000003","timestamp":1773489605000,"origin":{"account":"","region":"","log_group":"","log_stream":"","path":"","position":0},"mended":false},"clauses":[],"pattern":""}' AS BLOB));
CREATE TABLE rule (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  body BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO "rule" VALUES('afddaf64ea5afff95efe0f51d37b077ed2179226','trail-stopped',CAST('{"name":"trail-stopped","pattern":"{ $.eventName = StopLogging }","title":"","severity":"medium","description":"","references":[],"runbook":"","group_by":[],"threshold":null,"route":"","patterns":[],"exceptions":[]}' AS BLOB));
INSERT INTO "rule" VALUES('daa5e2de95e2eb1a700a5ae012f22dd2b40905b6','many',CAST('{"name":"many","pattern":"{ $.eventName = StopLogging }","title":"","severity":"medium","description":"","references":[],"runbook":"","group_by":[],"threshold":{"count":3,"within":"PT300S"},"route":"","patterns":[],"exceptions":[]}' AS BLOB));
CREATE TABLE run (
  id      INTEGER PRIMARY KEY,
  started REAL NOT NULL,          -- seconds since the epoch
  ended   REAL,                   -- NULL: cut short
  report  BLOB                    -- the counts, as JSON
);
INSERT INTO "run" VALUES(1,1773489600.0,1773489600.0,CAST('{"matched":3}' AS BLOB));
CREATE INDEX rule_of_name ON rule (name);
CREATE INDEX match_owed ON match (destination, story, time) WHERE state = 'owed';
CREATE INDEX match_held ON match (destination, story, window, seen) WHERE state = 'held';
CREATE INDEX match_of_window ON match (destination, story, window) WHERE window IS NOT NULL;
CREATE INDEX match_of_alert ON match (alert) WHERE alert IS NOT NULL;
CREATE INDEX alert_owed ON alert (run, time) WHERE delivered IS NULL;
CREATE INDEX alert_of_rule ON alert (destination, rule, time);
PRAGMA application_id = 1952605548;
PRAGMA user_version = 1;
COMMIT;
