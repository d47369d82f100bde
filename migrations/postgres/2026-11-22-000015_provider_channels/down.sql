ALTER TABLE attempts DROP COLUMN is_last;
ALTER TABLE attempts DROP COLUMN hop_cause;
