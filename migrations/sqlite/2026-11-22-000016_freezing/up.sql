-- When a case ended.
ALTER TABLE cases ADD COLUMN ended_at INTEGER;
UPDATE cases SET ended_at = updated_at WHERE status IN ('completed', 'terminated', 'ended_in_isolation');

-- From when a row is not read any more: the instant its file was frozen, or the end of its last opening.
ALTER TABLE cases ADD COLUMN frozen_from INTEGER;
ALTER TABLE clients ADD COLUMN frozen_from INTEGER;
ALTER TABLE appointments ADD COLUMN frozen_from INTEGER;
ALTER TABLE escalations ADD COLUMN frozen_from INTEGER;
ALTER TABLE tasks ADD COLUMN frozen_from INTEGER;
CREATE INDEX cases_to_freeze ON cases (agency_id, ended_at, id) WHERE ended_at IS NOT NULL AND frozen_from IS NULL;
CREATE INDEX cases_frozen ON cases (agency_id, id) WHERE frozen_from IS NOT NULL;
CREATE INDEX cases_frozen_by_document ON cases (agency_id, document_no, id) WHERE frozen_from IS NOT NULL;

-- Who let a frozen file be read for a while, and on which ground.
CREATE TABLE file_openings (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    reason_code TEXT NOT NULL,
    document_no TEXT NOT NULL,
    opened_by BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id),
    FOREIGN KEY (agency_id, opened_by) REFERENCES staff (agency_id, id)
) STRICT;
CREATE TRIGGER file_openings_is_never_updated BEFORE UPDATE ON file_openings
BEGIN SELECT RAISE(ABORT, 'file_openings is append-only'); END;
CREATE TRIGGER file_openings_is_never_deleted BEFORE DELETE ON file_openings
BEGIN SELECT RAISE(ABORT, 'file_openings is append-only'); END;

-- What a rule would have acted on, and pending work held up; by which work, as numbers.
ALTER TABLE retention_reports ADD COLUMN held_up INTEGER NOT NULL DEFAULT 0;
ALTER TABLE retention_reports ADD COLUMN held_up_by TEXT;
