-- When a case ended.
ALTER TABLE cases ADD COLUMN ended_at timestamptz;
UPDATE cases SET ended_at = updated_at WHERE status IN ('completed', 'terminated', 'ended_in_isolation');

-- From when a row is not read any more: the instant its file was frozen, or the end of its last opening.
ALTER TABLE cases ADD COLUMN frozen_from timestamptz;
ALTER TABLE clients ADD COLUMN frozen_from timestamptz;
ALTER TABLE appointments ADD COLUMN frozen_from timestamptz;
ALTER TABLE escalations ADD COLUMN frozen_from timestamptz;
ALTER TABLE tasks ADD COLUMN frozen_from timestamptz;
CREATE INDEX cases_to_freeze ON cases (agency_id, ended_at, id) WHERE ended_at IS NOT NULL AND frozen_from IS NULL;
CREATE INDEX cases_frozen ON cases (agency_id, id) WHERE frozen_from IS NOT NULL;
CREATE INDEX cases_frozen_by_document ON cases (agency_id, document_no, id) WHERE frozen_from IS NOT NULL;

-- Who let a frozen file be read for a while, and on which ground.
CREATE TABLE file_openings (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    client_id uuid NOT NULL,
    reason_code text NOT NULL,
    document_no text NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id),
    FOREIGN KEY (agency_id, opened_by) REFERENCES staff (agency_id, id)
);

-- What a rule would have acted on, and pending work held up; by which work, as numbers.
ALTER TABLE retention_reports ADD COLUMN held_up bigint NOT NULL DEFAULT 0;
ALTER TABLE retention_reports ADD COLUMN held_up_by jsonb;
