-- Which keys the database's sealed fields need: shows a wrong or missing key at the start. Holds no key.
CREATE TABLE sealing_keys (
    name TEXT NOT NULL,
    proof BLOB NOT NULL,
    PRIMARY KEY (name)
) STRICT;

-- What is only ever added can still be sealed again under another key, and changed in no other way.
DROP TRIGGER attempts_is_never_updated;
CREATE TRIGGER attempts_is_never_updated
BEFORE UPDATE OF agency_id, id, message_id, number, channel, gateway, fence, started_at ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
CREATE TRIGGER attempts_changes_its_key_only BEFORE UPDATE OF text_sealed ON attempts
WHEN substr(NEW.text_sealed, 2, 1) IS substr(OLD.text_sealed, 2, 1)
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;

DROP TRIGGER transitions_is_never_updated;
CREATE TRIGGER transitions_is_never_updated
BEFORE UPDATE OF agency_id, id, object_kind, object_id, from_status, to_status, at, actor_kind,
    actor_id, document ON transitions
BEGIN SELECT RAISE(ABORT, 'transitions is append-only'); END;
CREATE TRIGGER transitions_changes_its_key_only BEFORE UPDATE OF reason_sealed ON transitions
WHEN substr(NEW.reason_sealed, 2, 1) IS substr(OLD.reason_sealed, 2, 1)
    OR NEW.reason_sealed IS NULL OR OLD.reason_sealed IS NULL
BEGIN SELECT RAISE(ABORT, 'transitions is append-only'); END;
