-- Deliveries by the word of receipts that nobody signed: what their vendors answer when they are asked. A
-- receipt without a row here was signed, or is believed as it came.
CREATE TABLE receipt_checks (
    agency_id BLOB NOT NULL,
    receipt_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    attempt_id BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    next_ask_at INTEGER,
    answered_at INTEGER,
    PRIMARY KEY (agency_id, receipt_id),
    FOREIGN KEY (agency_id, receipt_id) REFERENCES receipts (agency_id, id),
    FOREIGN KEY (agency_id, attempt_id) REFERENCES attempts (agency_id, id)
) STRICT;
CREATE INDEX receipt_checks_due ON receipt_checks (agency_id, next_ask_at) WHERE next_ask_at IS NOT NULL;
