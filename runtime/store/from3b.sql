-- From format 3 to 4, last part: who a contact is, how far it is, its state and when it is due stand apart.
INSERT INTO contact SELECT id, key, arrived FROM contact_3 ORDER BY id;

INSERT INTO state SELECT row_number() OVER (ORDER BY id), places, state FROM contact_3 WHERE state IS NOT NULL ORDER BY id;

INSERT INTO standing
SELECT id, next, journal, CASE WHEN state IS NULL THEN 0 ELSE count(state) OVER (ORDER BY id) END
FROM contact_3 WHERE state IS NOT NULL OR journal > 0 ORDER BY id;

INSERT INTO due(at, n, contacts)
SELECT first, count(*), json_group_array(json_array(next - first, id) ORDER BY next, id)
FROM (SELECT id, next, line, min(next) OVER (PARTITION BY line) AS first
      FROM (SELECT id, next, (row_number() OVER (ORDER BY next, id) - 1) / 256 AS line FROM contact_3 WHERE next < 9223372036854775807))
GROUP BY line ORDER BY line;

DROP TABLE contact_3;
