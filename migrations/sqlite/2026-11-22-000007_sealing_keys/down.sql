DROP TRIGGER transitions_changes_its_key_only;
DROP TRIGGER transitions_is_never_updated;
CREATE TRIGGER transitions_is_never_updated BEFORE UPDATE ON transitions
BEGIN SELECT RAISE(ABORT, 'transitions is append-only'); END;
DROP TRIGGER attempts_changes_its_key_only;
DROP TRIGGER attempts_is_never_updated;
CREATE TRIGGER attempts_is_never_updated BEFORE UPDATE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
DROP TABLE sealing_keys;
