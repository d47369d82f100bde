DROP TRIGGER attempts_is_never_updated;
CREATE TRIGGER attempts_is_never_updated
BEFORE UPDATE OF agency_id, id, message_id, number, channel, gateway, fence, started_at, hop_cause,
    is_last, no_proof ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
ALTER TABLE attempts DROP COLUMN phone_index;
