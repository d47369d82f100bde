-- Which rung of the ladder an attempt was: why it was not the one before, and whether only a person
-- was left after it.
ALTER TABLE attempts ADD COLUMN hop_cause text;
ALTER TABLE attempts ADD COLUMN is_last boolean NOT NULL DEFAULT true;
