-- From format 3 to 5, first part: contacts are set aside, for schema.sql to make their tables anew.
DROP VIEW journal_text;
DROP VIEW outbox_text;
DROP VIEW place_text;
DROP VIEW inbox_text;
DROP INDEX contact_due;
ALTER TABLE outbox RENAME TO outbox_3;
ALTER TABLE contact RENAME TO contact_3;
