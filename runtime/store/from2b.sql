-- From format 2, second part: what was set aside is packed into the tables of schema.sql, at most 1,000 decisions or
-- messages a row, and contacts and the outbox are as in format 3. Inputs that were taken stand in the first row of their contact, one without a decision.
INSERT INTO inbox SELECT contact, id, n, at, event, body, source FROM inbox_2;
INSERT INTO waiting SELECT contact, at, id FROM inbox_2 WHERE taken IS NULL;

INSERT INTO decision(kind, track, program, stage, offer, dest, reason, by)
SELECT DISTINCT kind, track, program, stage, offer, dest, reason, by FROM journal_2;

INSERT INTO journal(id, contact, prev, at, seq, took, decided)
WITH line AS (
  SELECT j.contact, j.seq, j.at, d.id AS decision, j.until, j.detail, (j.seq - 1) / 1000 AS part,
         first_value(j.at) OVER (PARTITION BY j.contact, (j.seq - 1) / 1000 ORDER BY j.seq) AS base
  FROM journal_2 j JOIN decision d USING (kind, track, program, stage, offer, dest, reason, by)
), packed AS (
  SELECT contact, part, base AS at, min(seq) AS seq, NULL AS took,
         json_group_array(json(CASE WHEN until IS NULL AND detail IS NULL THEN json_array(at - base, decision)
                                    WHEN detail IS NULL THEN json_array(at - base, decision, until - base)
                                    ELSE json_array(at - base, decision, until - base, detail) END) ORDER BY seq) AS decided
  FROM line GROUP BY contact, part
  UNION ALL
  SELECT contact, -1, first, 1, json_group_array(json_array(taken - first, n) ORDER BY taken, n), '[]'
  FROM (SELECT contact, n, taken, min(taken) OVER (PARTITION BY contact) AS first FROM inbox_2 WHERE taken IS NOT NULL) GROUP BY contact
), numbered AS (SELECT row_number() OVER (ORDER BY contact, part) AS id, * FROM packed)
SELECT id, contact, coalesce(lag(id) OVER (PARTITION BY contact ORDER BY part), 0), at, seq, took, decided FROM numbered;

CREATE INDEX journal_3 ON journal(contact, seq);
CREATE TABLE last_3(contact INTEGER PRIMARY KEY, id INTEGER NOT NULL);
INSERT INTO last_3 SELECT contact, max(id) FROM journal GROUP BY contact;

CREATE TABLE contact_3(id INTEGER PRIMARY KEY, key, arrived, next, journal, places, state);
INSERT INTO contact_3(id, key, arrived, next, journal, places, state)
SELECT c.id, c.key, c.arrived, c.next, coalesce(l.id, 0),
       nullif((SELECT json_group_array(json_array(track, stage, since) ORDER BY track) FROM place p WHERE p.contact = c.id), '[]'), s.state
FROM contact_2 c LEFT JOIN last_3 l ON l.contact = c.id LEFT JOIN state_2 s ON s.contact = c.id ORDER BY c.id;

INSERT INTO message(kind, program, stage, name, channel) SELECT DISTINCT kind, program, stage, name, channel FROM outbox_2;

CREATE TABLE line_3(journal, k, n, channel, message, entry, state, error, body, PRIMARY KEY(journal, k)) WITHOUT ROWID;
INSERT INTO line_3
SELECT j.id, row_number() OVER (PARTITION BY j.id ORDER BY count, name) - 1, x.count - j.seq, channel, m.id, entry, state, error, body
FROM outbox_2 x JOIN message m USING (kind, program, stage, name, channel)
     JOIN journal j ON j.contact = x.contact AND j.seq = (x.count - 1) / 1000 * 1000 + 1 AND j.decided <> '[]';

UPDATE journal SET messages = x.messages, bodies = x.bodies
FROM (SELECT journal, json_group_array(json_array(n, message, entry, k) ORDER BY k) AS messages, json_group_array(json(body) ORDER BY k) AS bodies
      FROM line_3 GROUP BY journal) x WHERE x.journal = journal.id;

CREATE TABLE outbox_3(channel, journal, open, states, errors);
INSERT INTO outbox_3
SELECT x.channel, x.journal, sum(l.channel = x.channel AND l.state <= 1),
       group_concat(CASE WHEN l.channel = x.channel THEN substr('padu', l.state + 1, 1) ELSE '-' END, '' ORDER BY l.k),
       nullif(json_group_object(CAST(l.k AS TEXT), l.error) FILTER (WHERE l.channel = x.channel AND l.error IS NOT NULL), '{}')
FROM (SELECT DISTINCT channel, journal FROM line_3 WHERE state <> 2) x JOIN line_3 l ON l.journal = x.journal
GROUP BY x.channel, x.journal;

DROP TABLE line_3;
DROP TABLE last_3;
DROP INDEX journal_3;
DROP TABLE contact_2;
DROP TABLE inbox_2;
DROP TABLE journal_2;
DROP TABLE outbox_2;
DROP TABLE place;
DROP TABLE state_2;
