-- From format 2 to 3, last part: what was set aside is packed into the tables of schema.sql, at most 1,000 decisions or
-- messages a row. Inputs that were taken stand in the first row of their contact, one without a decision.
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

CREATE TABLE last_3(contact INTEGER PRIMARY KEY, id INTEGER NOT NULL);
INSERT INTO last_3 SELECT contact, max(id) FROM journal GROUP BY contact;

INSERT INTO contact(id, key, arrived, next, journal, places, state)
SELECT c.id, c.key, c.arrived, c.next, coalesce(l.id, 0),
       nullif((SELECT json_group_array(json_array(track, stage, since) ORDER BY track) FROM place p WHERE p.contact = c.id), '[]'), s.state
FROM contact_2 c LEFT JOIN last_3 l ON l.contact = c.id LEFT JOIN state s ON s.contact = c.id ORDER BY c.id;

INSERT INTO message(kind, program, stage, name) SELECT DISTINCT kind, program, stage, name FROM outbox_2;

INSERT INTO outbox(contact, channel, at, open, states, errors, messages, bodies)
WITH line AS (
  SELECT x.*, m.id AS message, row_number() OVER (PARTITION BY contact, channel ORDER BY at, count, name) - 1 AS n
  FROM outbox_2 x JOIN message m USING (kind, program, stage, name)
), based AS (SELECT *, n / 1000 AS part, n % 1000 AS k, first_value(at) OVER (PARTITION BY contact, channel, n / 1000 ORDER BY n) AS base FROM line)
SELECT contact, channel, base, sum(state <= 1), group_concat(substr('padu', state + 1, 1), '' ORDER BY k),
       nullif(json_group_object(CAST(k AS TEXT), error) FILTER (WHERE error IS NOT NULL), '{}'),
       json_group_array(json_array(at - base, message, count, entry, k) ORDER BY k), json_group_array(json(body) ORDER BY k)
FROM based GROUP BY contact, channel, part ORDER BY contact, channel, part;

DROP TABLE last_3;
DROP TABLE contact_2;
DROP TABLE inbox_2;
DROP TABLE journal_2;
DROP TABLE outbox_2;
DROP TABLE place;
DROP TABLE state;
