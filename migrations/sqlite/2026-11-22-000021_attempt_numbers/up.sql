-- The number an attempt went to, as clients.phone_index: what is said of it says nothing of a later one.
ALTER TABLE attempts ADD COLUMN phone_index BLOB;
DROP TRIGGER attempts_is_never_updated;
CREATE TRIGGER attempts_is_never_updated
BEFORE UPDATE OF agency_id, id, message_id, number, channel, gateway, fence, started_at, hop_cause,
    is_last, no_proof, phone_index ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
