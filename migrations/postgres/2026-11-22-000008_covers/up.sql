CREATE TABLE covers (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    office_id uuid NOT NULL,
    absent_id uuid NOT NULL,
    covering_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    ended_by uuid,
    ended_at timestamptz,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id),
    FOREIGN KEY (agency_id, absent_id) REFERENCES staff (agency_id, id),
    FOREIGN KEY (agency_id, covering_id) REFERENCES staff (agency_id, id),
    CHECK (absent_id <> covering_id),
    CHECK (starts_at < ends_at)
);
CREATE INDEX covers_by_end ON covers (agency_id, ends_at);
CREATE INDEX covers_by_covering ON covers (agency_id, covering_id, ends_at);
CREATE INDEX covers_by_office ON covers (agency_id, office_id, id);
