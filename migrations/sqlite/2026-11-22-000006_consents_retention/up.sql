CREATE TABLE consents (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    purpose TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    act TEXT NOT NULL,
    text_version TEXT NOT NULL,
    channel TEXT NOT NULL,
    said_on TEXT NOT NULL,
    recorded_by_kind TEXT NOT NULL,
    recorded_by BLOB,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX consents_one_per_client_purpose_sequence ON consents (agency_id, client_id, purpose, sequence);
CREATE INDEX consents_by_client ON consents (agency_id, client_id, id);

CREATE TABLE family_contacts (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    name_sealed BLOB NOT NULL,
    phone_sealed BLOB NOT NULL,
    relation TEXT NOT NULL,
    scope TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    ended_at INTEGER,
    ended_reason TEXT,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
) STRICT;
CREATE INDEX family_contacts_by_client ON family_contacts (agency_id, client_id, id);
CREATE INDEX family_contacts_by_end ON family_contacts (agency_id, ends_on);
CREATE INDEX family_contacts_by_ended ON family_contacts (agency_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE retention_reports (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    ran_on TEXT NOT NULL,
    subject TEXT NOT NULL,
    action TEXT NOT NULL,
    keep_days INTEGER,
    reason TEXT NOT NULL,
    acted INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
) STRICT;
CREATE UNIQUE INDEX retention_reports_one_per_day_subject ON retention_reports (agency_id, ran_on, subject);

-- What is only ever added to. PostgreSQL holds this by the grants of the role the product signs in with.
CREATE TRIGGER attempts_is_never_updated BEFORE UPDATE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
CREATE TRIGGER attempts_is_never_deleted BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
CREATE TRIGGER attempt_outcomes_is_never_updated BEFORE UPDATE ON attempt_outcomes
BEGIN SELECT RAISE(ABORT, 'attempt_outcomes is append-only'); END;
CREATE TRIGGER attempt_outcomes_is_never_deleted BEFORE DELETE ON attempt_outcomes
BEGIN SELECT RAISE(ABORT, 'attempt_outcomes is append-only'); END;
CREATE TRIGGER transitions_is_never_updated BEFORE UPDATE ON transitions
BEGIN SELECT RAISE(ABORT, 'transitions is append-only'); END;
CREATE TRIGGER transitions_is_never_deleted BEFORE DELETE ON transitions
BEGIN SELECT RAISE(ABORT, 'transitions is append-only'); END;
CREATE TRIGGER consents_is_never_updated BEFORE UPDATE ON consents
BEGIN SELECT RAISE(ABORT, 'consents is append-only'); END;
CREATE TRIGGER consents_is_never_deleted BEFORE DELETE ON consents
BEGIN SELECT RAISE(ABORT, 'consents is append-only'); END;
