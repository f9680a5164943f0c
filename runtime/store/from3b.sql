-- From format 3 to 5, last part: who a contact is, how far it is and when it is due stand apart.
INSERT INTO contact SELECT id, key, arrived FROM contact_3 ORDER BY id;

INSERT INTO standing(contact, key, next, journal, places, state)
SELECT id, key, next, journal, places, state FROM contact_3 WHERE state IS NOT NULL OR journal > 0 ORDER BY id;

INSERT INTO latest SELECT contact, id FROM standing ORDER BY contact;

INSERT INTO due(at, n, contacts)
SELECT first, count(*), json_group_array(json_array(next - first, id) ORDER BY next, id)
FROM (SELECT id, next, line, min(next) OVER (PARTITION BY line) AS first
      FROM (SELECT id, next, (row_number() OVER (ORDER BY next, id) - 1) / 256 AS line FROM contact_3 WHERE next < 9223372036854775807))
GROUP BY line ORDER BY line;

INSERT INTO channel SELECT DISTINCT channel, (SELECT coalesce(max(id), 0) FROM journal) FROM message;

INSERT INTO outbox SELECT channel << 40 | journal, open, states, errors FROM outbox_3 ORDER BY channel, journal;

DROP TABLE outbox_3;
DROP TABLE contact_3;
