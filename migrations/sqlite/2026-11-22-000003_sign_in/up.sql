-- Signing in: since when a password is in use, second factors, and failed attempts.

CREATE TABLE credentials (
    agency_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    changed_at INTEGER NOT NULL,
    temporary_until INTEGER,
    PRIMARY KEY (agency_id, staff_id),
    FOREIGN KEY (agency_id, staff_id) REFERENCES staff (agency_id, id)
) STRICT;

CREATE TABLE second_factors (
    agency_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    secret_sealed BLOB,
    pending_sealed BLOB,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL,
    PRIMARY KEY (agency_id, staff_id),
    FOREIGN KEY (agency_id, staff_id) REFERENCES staff (agency_id, id)
) STRICT;

CREATE TABLE recovery_codes (
    agency_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (agency_id, staff_id, code_hash),
    FOREIGN KEY (agency_id, staff_id) REFERENCES staff (agency_id, id)
) STRICT;

-- Before anybody is known: subjects are keyed fingerprints of usernames and addresses.
CREATE TABLE sign_in_counters (
    subject BLOB NOT NULL,
    failures INTEGER NOT NULL,
    last_failure_at INTEGER,
    blocked_until INTEGER,
    succeeded_at INTEGER,
    keep_until INTEGER NOT NULL,
    PRIMARY KEY (subject)
) STRICT;
CREATE INDEX sign_in_counters_by_age ON sign_in_counters (keep_until);
