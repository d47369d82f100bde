-- Every change of the messages that a client allowed a mini program to send, and what is left of them.
CREATE TABLE credit_events (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    binding_id BLOB NOT NULL,
    template_id TEXT NOT NULL,
    change TEXT NOT NULL,
    dedupe_key TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, binding_id) REFERENCES wechat_bindings (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX credit_events_once ON credit_events (agency_id, binding_id, dedupe_key);
CREATE INDEX credit_events_by_template ON credit_events (agency_id, binding_id, template_id);

CREATE TABLE subscription_credits (
    agency_id BLOB NOT NULL,
    binding_id BLOB NOT NULL,
    template_id TEXT NOT NULL,
    credits INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, binding_id, template_id),
    FOREIGN KEY (agency_id, binding_id) REFERENCES wechat_bindings (agency_id, id),
    CHECK (credits >= 0)
) STRICT;

CREATE TRIGGER credit_events_is_never_updated BEFORE UPDATE ON credit_events
BEGIN SELECT RAISE(ABORT, 'credit_events is append-only'); END;
CREATE TRIGGER credit_events_is_never_deleted BEFORE DELETE ON credit_events
BEGIN SELECT RAISE(ABORT, 'credit_events is append-only'); END;
