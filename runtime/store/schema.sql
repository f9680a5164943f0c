-- Format 1 of a nurture store. Instants are seconds since 1970 UTC. Names (of stages, offers, events, places in the
-- playbook …) are interned: the journal and the outbox hold numbers of the table `name`; the views at the end show text.
-- Every table of a contact is keyed by the contact's id first, and an id carries its partition (id >> 51, of 4096), so
-- that no query of a step crosses partitions.

-- clock: the instant up to which the store stands, everything before it is done; playbook: hash of the one that runs;
-- sources: hash of its files; arrivals: how many inputs have arrived.
CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE); -- append only

-- One playbook after the other, as it ran from the instant `since`. files: gzipped JSON, an object of path and text.
CREATE TABLE version(
  n     INTEGER PRIMARY KEY,
  hash  TEXT    NOT NULL,
  since INTEGER NOT NULL,
  files BLOB    NOT NULL
);

-- id: the contact's key hashed to 63 bits, the next free number of the partition where that is taken. Contacts are
-- never deleted. next: the earliest instant at which anything can happen, an input that waits or the engine's wake;
-- 9223372036854775807 is never. State and cells stand in tables of their own: what wakes a contact is small.
CREATE TABLE contact(
  id      INTEGER PRIMARY KEY,
  key     TEXT    NOT NULL,
  arrived INTEGER NOT NULL,
  next    INTEGER NOT NULL
);
CREATE INDEX contact_due ON contact(id >> 51, next) WHERE next < 9223372036854775807;

CREATE TABLE state(contact INTEGER PRIMARY KEY, state BLOB NOT NULL); -- of contacts that take part

CREATE TABLE cells(contact INTEGER PRIMARY KEY, cells BLOB NOT NULL); -- the contact's cells in the last contacts file

-- Where contacts stand; no row on a track where a contact is in no program.
CREATE TABLE place(
  contact INTEGER NOT NULL,
  track   INTEGER NOT NULL,
  stage   INTEGER NOT NULL, -- program.stage
  since   INTEGER NOT NULL,
  PRIMARY KEY(contact, track)
) WITHOUT ROWID;

-- What happened: events and changes of fields, those still waiting and those taken.
CREATE TABLE inbox(
  contact INTEGER NOT NULL,
  id      INTEGER NOT NULL, -- of the input, hashed: the same input is taken once
  n       INTEGER NOT NULL, -- arrival number, of the store
  at      INTEGER NOT NULL,
  event   INTEGER NOT NULL, -- name; 0: a change of contact fields
  body    BLOB,
  source  TEXT,             -- what the event is called outside
  taken   INTEGER,          -- the instant at which it was taken; NULL while it waits
  PRIMARY KEY(contact, id)
) WITHOUT ROWID;
CREATE INDEX inbox_waiting ON inbox(contact, at) WHERE taken IS NULL;

-- What was decided. 0 where a column says nothing.
CREATE TABLE journal(
  contact INTEGER NOT NULL,
  seq     INTEGER NOT NULL, -- per contact, from 1
  at      INTEGER NOT NULL,
  kind    INTEGER NOT NULL,
  track   INTEGER NOT NULL,
  program INTEGER NOT NULL,
  stage   INTEGER NOT NULL, -- its short name
  offer   INTEGER NOT NULL,
  dest    INTEGER NOT NULL, -- `to`
  until   INTEGER,          -- `to` of a held touch: until when
  reason  INTEGER NOT NULL,
  by      INTEGER NOT NULL,
  detail  TEXT,
  PRIMARY KEY(contact, seq)
) WITHOUT ROWID;

-- What goes out. The key is made of the decision: the same decision is never queued twice.
CREATE TABLE outbox(
  contact INTEGER NOT NULL,
  program INTEGER NOT NULL,
  entry   INTEGER NOT NULL, -- number of the stay in the program
  kind    INTEGER NOT NULL, -- mail, task, handoff, withdrawn
  name    INTEGER NOT NULL, -- the offer, the task's text, the hand-off
  count   INTEGER NOT NULL, -- how many of this name the contact had before
  at      INTEGER NOT NULL,
  stage   INTEGER NOT NULL, -- its short name
  channel INTEGER NOT NULL,
  state   INTEGER NOT NULL, -- 0 pending, 1 attempting, 2 done, 3 unknown: it may have been sent, nobody can tell
  error   TEXT,             -- why the last attempt failed
  body    TEXT NOT NULL,    -- JSON: what the message needs, as it was when it was decided
  PRIMARY KEY(contact, count, program, entry, kind, name) -- in the order in which rows come, which is fastest
) WITHOUT ROWID;
CREATE INDEX outbox_open ON outbox(channel) WHERE state <= 1;

-- How often what was decided, since the store began: kind of decision and what it is counted by.
CREATE TABLE tally(
  kind  INTEGER NOT NULL,
  label INTEGER NOT NULL,
  n     INTEGER NOT NULL,
  PRIMARY KEY(kind, label)
) WITHOUT ROWID;

-- How many there are now: contacts, contacts in a stage (label 0: in any), messages that a channel has not got. Kept up
-- with every change, so that no run counts rows.
CREATE TABLE stock(
  kind  INTEGER NOT NULL,
  label INTEGER NOT NULL,
  n     INTEGER NOT NULL,
  PRIMARY KEY(kind, label)
) WITHOUT ROWID;

CREATE TABLE reject(hash INTEGER PRIMARY KEY); -- lines that were rejected: each is written out once

-- For a person with sqlite3.
CREATE VIEW journal_text AS
SELECT j.seq, strftime('%Y-%m-%dT%H:%M:%SZ', j.at, 'unixepoch') AS at, c.key AS contact, k.text AS kind, t.text AS track,
       p.text AS program, s.text AS stage, o.text AS offer,
       coalesce(d.text, strftime('%Y-%m-%dT%H:%M:%SZ', j.until, 'unixepoch')) AS "to", r.text AS reason, b.text AS by, j.detail
FROM journal j JOIN contact c ON c.id = j.contact JOIN name k ON k.id = j.kind
     LEFT JOIN name t ON t.id = j.track   LEFT JOIN name p ON p.id = j.program LEFT JOIN name s ON s.id = j.stage
     LEFT JOIN name o ON o.id = j.offer   LEFT JOIN name d ON d.id = j.dest    LEFT JOIN name r ON r.id = j.reason
     LEFT JOIN name b ON b.id = j.by;

CREATE VIEW outbox_text AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch') AS at, c.key AS contact, k.text AS kind, n.text AS name, x.count,
       p.text AS program, s.text AS stage, h.text AS channel,
       CASE x.state WHEN 0 THEN 'pending' WHEN 1 THEN 'attempting' WHEN 2 THEN 'done' ELSE 'unknown' END AS state, x.error, x.body
FROM outbox x JOIN contact c ON c.id = x.contact JOIN name k ON k.id = x.kind JOIN name n ON n.id = x.name
     LEFT JOIN name p ON p.id = x.program LEFT JOIN name s ON s.id = x.stage LEFT JOIN name h ON h.id = x.channel;

CREATE VIEW place_text AS
SELECT c.key AS contact, t.text AS track, s.text AS stage, strftime('%Y-%m-%dT%H:%M:%SZ', p.since, 'unixepoch') AS since
FROM place p JOIN contact c ON c.id = p.contact JOIN name t ON t.id = p.track JOIN name s ON s.id = p.stage;
