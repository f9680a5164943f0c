-- From format 4 to 5, last part: how far a contact is and its state are one row, in the order in which states lie.
INSERT INTO standing(contact, key, next, journal, places, state)
SELECT s.contact, c.key, s.next, s.journal, y.places, y.state
FROM standing_4 s JOIN contact c ON c.id = s.contact LEFT JOIN state_4 y ON y.id = s.state ORDER BY s.state, s.contact;

INSERT INTO latest SELECT contact, id FROM standing ORDER BY contact;

INSERT INTO due SELECT * FROM due_4;

INSERT INTO channel SELECT DISTINCT channel, (SELECT coalesce(max(id), 0) FROM journal) FROM message;

INSERT INTO outbox SELECT channel << 40 | journal, open, states, errors FROM outbox_4 ORDER BY channel, journal;

DROP TABLE outbox_4;
DROP TABLE due_4;
DROP TABLE standing_4;
DROP TABLE state_4;
