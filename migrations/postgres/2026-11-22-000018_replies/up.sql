-- What people answer to messages. Whose it is stays open where a number is unknown or shared.
CREATE TABLE replies (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid,
    message_id uuid,
    task_id uuid,
    channel text NOT NULL,
    account text NOT NULL,
    dedupe_index bytea NOT NULL,
    text_sealed bytea NOT NULL,
    meaning text NOT NULL,
    effect text NOT NULL,
    doubt text,
    sent_at timestamptz,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id),
    FOREIGN KEY (agency_id, message_id) REFERENCES messages (agency_id, id),
    FOREIGN KEY (agency_id, task_id) REFERENCES tasks (agency_id, id)
);
CREATE UNIQUE INDEX replies_one_per_dedupe_index ON replies (agency_id, dedupe_index);
CREATE INDEX replies_by_client ON replies (agency_id, client_id, id);
CREATE INDEX replies_by_message ON replies (agency_id, message_id, id);
CREATE INDEX replies_by_task ON replies (agency_id, task_id);
CREATE INDEX replies_by_received ON replies (agency_id, received_at);
