CREATE TABLE wechat_bindings (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    app TEXT NOT NULL,
    app_id TEXT NOT NULL,
    openid_index BLOB,
    openid_sealed BLOB,
    unionid_sealed BLOB,
    bound_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    failures_began_at INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    ended_at INTEGER,
    ended_reason TEXT,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX wechat_bindings_one_per_openid ON wechat_bindings (agency_id, openid_index) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX wechat_bindings_one_per_client_app ON wechat_bindings (agency_id, client_id, app_id) WHERE ended_at IS NULL;
CREATE INDEX wechat_bindings_by_client ON wechat_bindings (agency_id, client_id, id);

ALTER TABLE client_sessions ADD COLUMN wechat_binding_id BLOB;
