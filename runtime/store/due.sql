-- Format 2: what is due is found by group, 64 partitions together. With an index by single partition a run with nothing due
-- asked 4,096 times and walked as many places of the index; 64 are as near to one another when contacts are written in the
-- order of their ids.
DROP INDEX contact_due;
CREATE INDEX contact_due ON contact(id >> 57, next) WHERE next < 9223372036854775807;
