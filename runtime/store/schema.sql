-- Format 5 of a nurture store. Instants are seconds since 1970 UTC. Names (of stages, offers, events, places in the
-- playbook …) are interned, and so is what decisions and messages say again and again: rows hold numbers of the tables
-- `name`, `decision` and `message`; the views at the end show text. What one commit makes of a contact is packed: a row
-- with lists of numbers as JSON. A contact's id carries its partition (id >> 51, of 4096).

-- clock: the instant up to which the store stands, everything before it is done; playbook: hash of the one that runs;
-- sources: hash of its files; arrivals: how many inputs have arrived.
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE); -- append only

-- What the journal says again and again, all of it names; 0 where it says nothing. Append only.
CREATE TABLE IF NOT EXISTS decision(
  id      INTEGER PRIMARY KEY,
  kind    INTEGER NOT NULL,
  track   INTEGER NOT NULL,
  program INTEGER NOT NULL,
  stage   INTEGER NOT NULL, -- its short name
  offer   INTEGER NOT NULL,
  dest    INTEGER NOT NULL, -- `to`
  reason  INTEGER NOT NULL,
  by      INTEGER NOT NULL,
  UNIQUE(kind, track, program, stage, offer, dest, reason, by)
);

-- What messages say again and again, all of it names. Append only.
CREATE TABLE IF NOT EXISTS message(
  id      INTEGER PRIMARY KEY,
  kind    INTEGER NOT NULL, -- mail, task, handoff, withdrawn
  program INTEGER NOT NULL,
  stage   INTEGER NOT NULL, -- its short name
  name    INTEGER NOT NULL, -- the offer, the task's text, the hand-off
  channel INTEGER NOT NULL,
  UNIQUE(kind, program, stage, name, channel)
);

-- One playbook after the other, as it ran from the instant `since`. files: gzipped JSON, an object of path and text.
CREATE TABLE IF NOT EXISTS version(
  n     INTEGER PRIMARY KEY,
  hash  TEXT    NOT NULL,
  since INTEGER NOT NULL,
  files BLOB    NOT NULL
);

-- Who a contact is. id: its key hashed to 63 bits, the next free number of the partition where that is taken. Contacts
-- are never deleted.
CREATE TABLE IF NOT EXISTS contact(
  id      INTEGER PRIMARY KEY,
  key     TEXT    NOT NULL,
  arrived INTEGER NOT NULL
);

-- How far a contact is, from the first commit on that made something of it: one row each. A commit puts it at the end and
-- takes the one before away, so that contacts which are due at one time lie together. No id comes twice.
CREATE TABLE IF NOT EXISTS standing(
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  contact INTEGER NOT NULL,
  key     TEXT    NOT NULL, -- as in contact: who takes it further needs no row of that
  next    INTEGER NOT NULL, -- the earliest instant at which anything can happen, of what was known then; 9223372036854775807: never
  journal INTEGER NOT NULL, -- the last of its rows in the journal
  places  TEXT,             -- where it stands: [[track, program.stage, since], …]; NULL in no program
  state   BLOB              -- the engine's; NULL: it does not take part
);

-- Which row of standing a contact has: what lately says, and what latest says of those of whom lately says nothing. A commit
-- of contacts that lie far apart writes to lately, which is small; what is there is folded into latest, where contacts lie
-- near one another, a part of them with each commit.
CREATE TABLE IF NOT EXISTS latest(contact INTEGER PRIMARY KEY, standing INTEGER);
CREATE TABLE IF NOT EXISTS lately(contact INTEGER PRIMARY KEY, standing INTEGER);

-- When to look at which contact: at least once at the earliest of standing.next and the inputs that wait for it, and maybe
-- for nothing. Packed, those of near instants together.
CREATE TABLE IF NOT EXISTS due(
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL, -- the earliest of them
  n        INTEGER NOT NULL, -- how many
  contacts TEXT    NOT NULL  -- [[seconds after `at`, contact, standing], …]; without standing: whatever it is then, otherwise for nothing once it is another
);
CREATE INDEX IF NOT EXISTS due_at ON due(at, n);

CREATE TABLE IF NOT EXISTS cells(contact INTEGER PRIMARY KEY, cells BLOB NOT NULL); -- the contact's cells in the last contacts file

-- What happened: events and changes of fields. Those that wait to be taken stand in `waiting` too; when the others were
-- taken is said by the journal.
CREATE TABLE IF NOT EXISTS inbox(
  contact INTEGER NOT NULL,
  id      INTEGER NOT NULL, -- of the input, hashed: the same input is taken once
  n       INTEGER NOT NULL, -- arrival number, of the store
  at      INTEGER NOT NULL,
  event   INTEGER NOT NULL, -- name; 0: a change of contact fields
  body    BLOB,
  source  TEXT,             -- what the event is called outside
  PRIMARY KEY(contact, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting(
  contact INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  PRIMARY KEY(contact, at, id)
) WITHOUT ROWID;

-- What was decided, append only: what one commit made of a contact, the last of a contact's rows first by standing.journal
-- and prev. Contact, entry, message's kind and name, and the decision's number are the key of a message.
CREATE TABLE IF NOT EXISTS journal(
  id       INTEGER PRIMARY KEY,
  contact  INTEGER NOT NULL,
  prev     INTEGER NOT NULL, -- the contact's row before; 0: none
  at       INTEGER NOT NULL,
  seq      INTEGER NOT NULL, -- number of the first decision, per contact, from 1
  took     TEXT,             -- inputs that were taken: [[seconds after `at`, inbox.n], …]
  decided  TEXT    NOT NULL, -- [[seconds after `at`, decision] or [seconds, decision, until or null, "detail"], …]
  messages TEXT,             -- what goes out: [[number of the decision, from 0, message, number of the stay, number of the body, from 0], …]
  bodies   TEXT              -- [{what a message needs, as it was when it was decided}, …]
);

-- Up to which row of the journal a channel was told what is for it, that row included. Of what comes later it has got
-- nothing; what it has not got of the rows up to there stands in the outbox.
CREATE TABLE IF NOT EXISTS channel(
  id   INTEGER PRIMARY KEY, -- name
  told INTEGER NOT NULL     -- row of the journal
);
CREATE TABLE IF NOT EXISTS outbox(
  id     INTEGER PRIMARY KEY, -- channel << 40 | journal
  open   INTEGER NOT NULL,    -- how many of the messages are pending or attempting
  states TEXT    NOT NULL,    -- a letter each: pending, attempting, done, unknown: it may have been sent, nobody can tell; -: another channel's
  errors TEXT                 -- {number of the message, from 0: why the last attempt failed}
);

-- How often what was decided, since the store began: kind of decision and what it is counted by.
CREATE TABLE IF NOT EXISTS tally(
  kind  INTEGER NOT NULL,
  label INTEGER NOT NULL,
  n     INTEGER NOT NULL,
  PRIMARY KEY(kind, label)
) WITHOUT ROWID;

-- How many there are now: contacts, contacts in a stage (label 0: in any), messages that a channel has not got. Kept up
-- with every change, so that no run counts rows.
CREATE TABLE IF NOT EXISTS stock(
  kind  INTEGER NOT NULL,
  label INTEGER NOT NULL,
  n     INTEGER NOT NULL,
  PRIMARY KEY(kind, label)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS reject(hash INTEGER PRIMARY KEY); -- lines that were rejected: each is written out once

-- For a person with sqlite3.
CREATE VIEW journal_text AS
SELECT j.seq + l.key AS seq, strftime('%Y-%m-%dT%H:%M:%SZ', j.at + (l.value ->> 0), 'unixepoch') AS at, c.key AS contact, k.text AS kind,
       t.text AS track, p.text AS program, s.text AS stage, o.text AS offer,
       coalesce(d.text, strftime('%Y-%m-%dT%H:%M:%SZ', j.at + (l.value ->> 2), 'unixepoch')) AS "to", r.text AS reason, b.text AS by, l.value ->> 3 AS detail
FROM journal j JOIN json_each(j.decided) l JOIN contact c ON c.id = j.contact
     JOIN decision x ON x.id = l.value ->> 1 JOIN name k ON k.id = x.kind
     LEFT JOIN name t ON t.id = x.track   LEFT JOIN name p ON p.id = x.program LEFT JOIN name s ON s.id = x.stage
     LEFT JOIN name o ON o.id = x.offer   LEFT JOIN name d ON d.id = x.dest    LEFT JOIN name r ON r.id = x.reason
     LEFT JOIN name b ON b.id = x.by;

CREATE VIEW outbox_text AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', j.at + (j.decided -> (l.value ->> 0) ->> 0), 'unixepoch') AS at, c.key AS contact, k.text AS kind, n.text AS name,
       j.seq + (l.value ->> 0) AS seq, p.text AS program, s.text AS stage, h.text AS channel,
       CASE substr(x.states, l.key + 1, 1) WHEN 'p' THEN 'pending' WHEN 'a' THEN 'attempting' WHEN 'u' THEN 'unknown' WHEN 'd' THEN 'done' ELSE iif(j.id > coalesce(y.told, 0), 'pending', 'done') END AS state,
       x.errors ->> ('$."' || l.key || '"') AS error, j.bodies -> (l.value ->> 3) AS body
FROM journal j JOIN json_each(j.messages) l JOIN contact c ON c.id = j.contact
     JOIN message m ON m.id = l.value ->> 1 JOIN name k ON k.id = m.kind JOIN name n ON n.id = m.name LEFT JOIN channel y ON y.id = m.channel LEFT JOIN outbox x ON x.id = m.channel << 40 | j.id
     LEFT JOIN name p ON p.id = m.program LEFT JOIN name s ON s.id = m.stage LEFT JOIN name h ON h.id = m.channel;

CREATE VIEW place_text AS
SELECT x.key AS contact, t.text AS track, s.text AS stage, strftime('%Y-%m-%dT%H:%M:%SZ', l.value ->> 2, 'unixepoch') AS since
FROM standing x JOIN json_each(x.places) l JOIN name t ON t.id = l.value ->> 0 JOIN name s ON s.id = l.value ->> 1;

CREATE VIEW inbox_text AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', i.at, 'unixepoch') AS at, c.key AS contact, e.text AS event, CAST(i.body AS TEXT) AS body, i.source,
       EXISTS (SELECT 1 FROM waiting w WHERE w.contact = i.contact AND w.at = i.at AND w.id = i.id) AS waits
FROM inbox i JOIN contact c ON c.id = i.contact LEFT JOIN name e ON e.id = i.event;

CREATE VIEW due_text AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', d.at + (l.value ->> 0), 'unixepoch') AS at, c.key AS contact
FROM due d JOIN json_each(d.contacts) l JOIN contact c ON c.id = l.value ->> 1;
