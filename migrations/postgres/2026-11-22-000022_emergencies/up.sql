-- Calls for help that cannot wait: who was told last, and when, until one of them takes it.
ALTER TABLE tasks ADD COLUMN told_round text;
ALTER TABLE tasks ADD COLUMN told_at timestamptz;
CREATE INDEX tasks_by_told ON tasks (agency_id, told_at, id) WHERE told_at IS NOT NULL;
