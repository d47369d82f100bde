CREATE TABLE sign_in_codes (
    phone_index bytea NOT NULL,
    id uuid NOT NULL,
    code_hash bytea NOT NULL,
    code_sealed bytea,
    tries integer NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    hour_began_at timestamptz NOT NULL,
    hour_count integer NOT NULL,
    day_began_at timestamptz NOT NULL,
    day_count integer NOT NULL,
    failures_began_at timestamptz NOT NULL,
    failures integer NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (phone_index)
);
CREATE INDEX sign_in_codes_waiting ON sign_in_codes (issued_at) WHERE code_sealed IS NOT NULL;
CREATE INDEX sign_in_codes_by_issued ON sign_in_codes (issued_at);

CREATE TABLE sign_in_budgets (
    key bytea NOT NULL,
    began_at timestamptz NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (key)
);
CREATE INDEX sign_in_budgets_by_began ON sign_in_budgets (began_at);

CREATE TABLE client_numbers (
    agency_id uuid NOT NULL,
    client_id uuid NOT NULL,
    phone_index bytea NOT NULL,
    proven_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, client_id, phone_index),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
);

CREATE TABLE client_sessions (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    generation integer NOT NULL,
    retry_generation integer,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    idle_ends_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
);
CREATE INDEX client_sessions_by_client ON client_sessions (agency_id, client_id, id);

CREATE TABLE appointment_confirmations (
    agency_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    client_id uuid NOT NULL,
    confirmed_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, appointment_id),
    FOREIGN KEY (agency_id, appointment_id) REFERENCES appointments (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
);
CREATE INDEX appointment_confirmations_by_client ON appointment_confirmations (agency_id, client_id);

CREATE TABLE check_ins (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    office_id uuid NOT NULL,
    note_sealed bytea,
    location_sealed bytea,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id)
);
CREATE INDEX check_ins_by_client ON check_ins (agency_id, client_id, id);

ALTER TABLE excuses ADD COLUMN from_client boolean NOT NULL DEFAULT false;
