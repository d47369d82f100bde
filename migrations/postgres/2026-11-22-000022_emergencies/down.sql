DROP INDEX tasks_by_told;
ALTER TABLE tasks DROP COLUMN told_at;
ALTER TABLE tasks DROP COLUMN told_round;
