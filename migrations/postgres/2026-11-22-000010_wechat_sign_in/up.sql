CREATE TABLE wechat_bindings (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    app text NOT NULL,
    app_id text NOT NULL,
    openid_index bytea,
    openid_sealed bytea,
    unionid_sealed bytea,
    bound_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    failures_began_at timestamptz NOT NULL,
    failures integer NOT NULL,
    ended_at timestamptz,
    ended_reason text,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
);
CREATE UNIQUE INDEX wechat_bindings_one_per_openid ON wechat_bindings (agency_id, openid_index) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX wechat_bindings_one_per_client_app ON wechat_bindings (agency_id, client_id, app_id) WHERE ended_at IS NULL;
CREATE INDEX wechat_bindings_by_client ON wechat_bindings (agency_id, client_id, id);

ALTER TABLE client_sessions ADD COLUMN wechat_binding_id uuid;
