CREATE TABLE consents (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    purpose text NOT NULL,
    sequence integer NOT NULL,
    act text NOT NULL,
    text_version text NOT NULL,
    channel text NOT NULL,
    said_on date NOT NULL,
    recorded_by_kind text NOT NULL,
    recorded_by uuid,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
);
CREATE UNIQUE INDEX consents_one_per_client_purpose_sequence ON consents (agency_id, client_id, purpose, sequence);
CREATE INDEX consents_by_client ON consents (agency_id, client_id, id);

CREATE TABLE family_contacts (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    name_sealed bytea NOT NULL,
    phone_sealed bytea NOT NULL,
    relation text NOT NULL,
    scope text NOT NULL,
    ends_on date NOT NULL,
    ended_at timestamptz,
    ended_reason text,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
);
CREATE INDEX family_contacts_by_client ON family_contacts (agency_id, client_id, id);
CREATE INDEX family_contacts_by_end ON family_contacts (agency_id, ends_on);
CREATE INDEX family_contacts_by_ended ON family_contacts (agency_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE retention_reports (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    ran_on date NOT NULL,
    subject text NOT NULL,
    action text NOT NULL,
    keep_days integer,
    reason text NOT NULL,
    acted bigint NOT NULL,
    kept bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
);
CREATE UNIQUE INDEX retention_reports_one_per_day_subject ON retention_reports (agency_id, ran_on, subject);
