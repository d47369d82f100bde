CREATE TABLE covers (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    absent_id BLOB NOT NULL,
    covering_id BLOB NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    ended_by BLOB,
    ended_at INTEGER,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id),
    FOREIGN KEY (agency_id, absent_id) REFERENCES staff (agency_id, id),
    FOREIGN KEY (agency_id, covering_id) REFERENCES staff (agency_id, id),
    CHECK (absent_id <> covering_id),
    CHECK (starts_at < ends_at)
) STRICT;
CREATE INDEX covers_by_end ON covers (agency_id, ends_at);
CREATE INDEX covers_by_covering ON covers (agency_id, covering_id, ends_at);
CREATE INDEX covers_by_office ON covers (agency_id, office_id, id);
