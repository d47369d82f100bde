-- A message that a person had sent again: the one it repeats, and why. One repetition each: the next
-- one repeats the repetition.
CREATE TABLE message_resends (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    original_id BLOB NOT NULL,
    reason_sealed BLOB NOT NULL,
    requested_by BLOB NOT NULL,
    requested_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, id) REFERENCES messages (agency_id, id),
    FOREIGN KEY (agency_id, original_id) REFERENCES messages (agency_id, id),
    FOREIGN KEY (agency_id, requested_by) REFERENCES staff (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX message_resends_one_per_original ON message_resends (agency_id, original_id);

-- Nothing of an office, or by a gateway, is sent until it is ended.
CREATE TABLE sending_pauses (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    office_id BLOB,
    gateway TEXT,
    reason_sealed BLOB NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    ended_by BLOB,
    ended_at INTEGER,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id),
    FOREIGN KEY (agency_id, made_by) REFERENCES staff (agency_id, id),
    FOREIGN KEY (agency_id, ended_by) REFERENCES staff (agency_id, id),
    CHECK ((office_id IS NULL) <> (gateway IS NULL))
) STRICT;
CREATE UNIQUE INDEX sending_pauses_one_per_office ON sending_pauses (agency_id, office_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX sending_pauses_one_per_gateway ON sending_pauses (agency_id, gateway) WHERE ended_at IS NULL;

-- How many messages an office means to send in a month of its own.
CREATE TABLE message_budgets (
    agency_id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    monthly INTEGER NOT NULL,
    set_by BLOB NOT NULL,
    set_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, office_id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id),
    FOREIGN KEY (agency_id, set_by) REFERENCES staff (agency_id, id),
    CHECK (monthly > 0)
) STRICT;

-- When each job of the worker ran last, in whatever process.
CREATE TABLE job_runs (
    job TEXT NOT NULL PRIMARY KEY,
    ran_at INTEGER,
    failed_at INTEGER
) STRICT;
