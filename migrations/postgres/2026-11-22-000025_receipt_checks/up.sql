-- Receipts that nobody signed: what their vendors say of them when they are asked. One without a row here
-- was signed or asked for, or is believed as it came.
CREATE TABLE receipt_checks (
    agency_id uuid NOT NULL,
    receipt_id uuid NOT NULL,
    message_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    state text NOT NULL,
    asked integer NOT NULL,
    next_ask_at timestamptz,
    answered_at timestamptz,
    PRIMARY KEY (agency_id, receipt_id),
    FOREIGN KEY (agency_id, receipt_id) REFERENCES receipts (agency_id, id),
    FOREIGN KEY (agency_id, attempt_id) REFERENCES attempts (agency_id, id)
);
CREATE INDEX receipt_checks_due ON receipt_checks (agency_id, next_ask_at, receipt_id) WHERE next_ask_at IS NOT NULL;
