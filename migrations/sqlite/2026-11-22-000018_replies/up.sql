-- What people answer to messages. Whose it is stays open where a number is unknown or shared.
CREATE TABLE replies (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    client_id BLOB,
    message_id BLOB,
    task_id BLOB,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    dedupe_index BLOB NOT NULL,
    text_sealed BLOB NOT NULL,
    meaning TEXT NOT NULL,
    effect TEXT NOT NULL,
    doubt TEXT,
    sent_at INTEGER,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id),
    FOREIGN KEY (agency_id, message_id) REFERENCES messages (agency_id, id),
    FOREIGN KEY (agency_id, task_id) REFERENCES tasks (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX replies_one_per_dedupe_index ON replies (agency_id, dedupe_index);
CREATE INDEX replies_by_client ON replies (agency_id, client_id, id);
CREATE INDEX replies_by_message ON replies (agency_id, message_id, id);
CREATE INDEX replies_by_task ON replies (agency_id, task_id);
CREATE INDEX replies_by_received ON replies (agency_id, received_at);
