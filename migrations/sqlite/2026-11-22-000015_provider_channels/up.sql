-- Which rung of the ladder an attempt was: why it was not the one before, and whether only a person
-- was left after it.
ALTER TABLE attempts ADD COLUMN hop_cause TEXT;
ALTER TABLE attempts ADD COLUMN is_last INTEGER NOT NULL DEFAULT 1 CHECK (is_last IN (0, 1));
DROP TRIGGER attempts_is_never_updated;
CREATE TRIGGER attempts_is_never_updated
BEFORE UPDATE OF agency_id, id, message_id, number, channel, gateway, fence, started_at, hop_cause,
    is_last ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
