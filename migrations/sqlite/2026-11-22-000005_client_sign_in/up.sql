CREATE TABLE sign_in_codes (
    phone_index BLOB NOT NULL,
    id BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    code_sealed BLOB,
    tries INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    hour_began_at INTEGER NOT NULL,
    hour_count INTEGER NOT NULL,
    day_began_at INTEGER NOT NULL,
    day_count INTEGER NOT NULL,
    failures_began_at INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (phone_index)
) STRICT;
CREATE INDEX sign_in_codes_waiting ON sign_in_codes (issued_at) WHERE code_sealed IS NOT NULL;
CREATE INDEX sign_in_codes_by_issued ON sign_in_codes (issued_at);

CREATE TABLE sign_in_budgets (
    key BLOB NOT NULL,
    began_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (key)
) STRICT;
CREATE INDEX sign_in_budgets_by_began ON sign_in_budgets (began_at);

CREATE TABLE client_numbers (
    agency_id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    phone_index BLOB NOT NULL,
    proven_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, client_id, phone_index),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
) STRICT;

CREATE TABLE client_sessions (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    generation INTEGER NOT NULL,
    retry_generation INTEGER,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    idle_ends_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_reason TEXT,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
) STRICT;
CREATE INDEX client_sessions_by_client ON client_sessions (agency_id, client_id, id);

CREATE TABLE appointment_confirmations (
    agency_id BLOB NOT NULL,
    appointment_id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    confirmed_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, appointment_id),
    FOREIGN KEY (agency_id, appointment_id) REFERENCES appointments (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
) STRICT;
CREATE INDEX appointment_confirmations_by_client ON appointment_confirmations (agency_id, client_id);

CREATE TABLE check_ins (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    note_sealed BLOB,
    location_sealed BLOB,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id)
) STRICT;
CREATE INDEX check_ins_by_client ON check_ins (agency_id, client_id, id);

ALTER TABLE excuses ADD COLUMN from_client INTEGER NOT NULL DEFAULT 0;
