-- What an attempt proves: why a delivery of it would not show that the client was told of the date
-- (NULL: it would, or there is no date to tell), and since when the number that an appointment's texts
-- went to is no longer known to be the client's.
ALTER TABLE attempts ADD COLUMN no_proof TEXT;
ALTER TABLE appointments ADD COLUMN number_doubted_at INTEGER;
DROP TRIGGER attempts_is_never_updated;
CREATE TRIGGER attempts_is_never_updated
BEFORE UPDATE OF agency_id, id, message_id, number, channel, gateway, fence, started_at, hop_cause,
    is_last, no_proof ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
