-- Signing in: since when a password is in use, second factors, and failed attempts.

CREATE TABLE credentials (
    agency_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    temporary_until timestamptz,
    PRIMARY KEY (agency_id, staff_id),
    FOREIGN KEY (agency_id, staff_id) REFERENCES staff (agency_id, id)
);

CREATE TABLE second_factors (
    agency_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    secret_sealed bytea,
    pending_sealed bytea,
    confirmed_at timestamptz,
    last_step bigint NOT NULL,
    PRIMARY KEY (agency_id, staff_id),
    FOREIGN KEY (agency_id, staff_id) REFERENCES staff (agency_id, id)
);

CREATE TABLE recovery_codes (
    agency_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (agency_id, staff_id, code_hash),
    FOREIGN KEY (agency_id, staff_id) REFERENCES staff (agency_id, id)
);

-- Before anybody is known: subjects are keyed fingerprints of usernames and addresses.
CREATE TABLE sign_in_counters (
    subject bytea NOT NULL,
    failures integer NOT NULL,
    last_failure_at timestamptz,
    blocked_until timestamptz,
    succeeded_at timestamptz,
    keep_until timestamptz NOT NULL,
    PRIMARY KEY (subject)
);
CREATE INDEX sign_in_counters_by_age ON sign_in_counters (keep_until);
