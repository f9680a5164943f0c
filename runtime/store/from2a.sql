-- From format 2, first part: what was a row a decision and a row a message is set aside, for schema.sql to make
-- its tables anew.
DROP VIEW journal_text;
DROP VIEW outbox_text;
DROP VIEW place_text;
DROP INDEX contact_due;
DROP INDEX inbox_waiting;
DROP INDEX outbox_open;
ALTER TABLE contact RENAME TO contact_2;
ALTER TABLE inbox   RENAME TO inbox_2;
ALTER TABLE journal RENAME TO journal_2;
ALTER TABLE outbox  RENAME TO outbox_2;
ALTER TABLE state   RENAME TO state_2;
