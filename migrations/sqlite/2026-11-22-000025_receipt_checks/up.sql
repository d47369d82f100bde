-- Receipts that nobody signed: what their vendors say of them when they are asked. One without a row here
-- was signed or asked for, or is believed as it came.
CREATE TABLE receipt_checks (
    agency_id BLOB NOT NULL,
    receipt_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    attempt_id BLOB NOT NULL,
    state TEXT NOT NULL,
    asked INTEGER NOT NULL,
    next_ask_at INTEGER,
    answered_at INTEGER,
    PRIMARY KEY (agency_id, receipt_id),
    FOREIGN KEY (agency_id, receipt_id) REFERENCES receipts (agency_id, id),
    FOREIGN KEY (agency_id, attempt_id) REFERENCES attempts (agency_id, id)
) STRICT;
CREATE INDEX receipt_checks_due ON receipt_checks (agency_id, next_ask_at, receipt_id) WHERE next_ask_at IS NOT NULL;
