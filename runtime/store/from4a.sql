-- From format 4 to 5, first part: how far contacts are is set aside, for schema.sql to make its table anew.
DROP VIEW journal_text;
DROP VIEW outbox_text;
DROP VIEW place_text;
DROP VIEW inbox_text;
DROP VIEW due_text;
ALTER TABLE outbox RENAME TO outbox_4;
DROP INDEX due_at;
ALTER TABLE due RENAME TO due_4;
ALTER TABLE standing RENAME TO standing_4;
ALTER TABLE state RENAME TO state_4;
