-- Every change of the messages that a client allowed a mini program to send, and what is left of them.
CREATE TABLE credit_events (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    binding_id uuid NOT NULL,
    template_id text NOT NULL,
    change text NOT NULL,
    dedupe_key text NOT NULL,
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, binding_id) REFERENCES wechat_bindings (agency_id, id)
);
CREATE UNIQUE INDEX credit_events_once ON credit_events (agency_id, binding_id, dedupe_key);
CREATE INDEX credit_events_by_template ON credit_events (agency_id, binding_id, template_id);

CREATE TABLE subscription_credits (
    agency_id uuid NOT NULL,
    binding_id uuid NOT NULL,
    template_id text NOT NULL,
    credits integer NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, binding_id, template_id),
    FOREIGN KEY (agency_id, binding_id) REFERENCES wechat_bindings (agency_id, id),
    CHECK (credits >= 0)
);
