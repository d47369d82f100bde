-- A refresh token whose successor was asked for again: whoever still uses it holds a copy.
ALTER TABLE refresh_tokens ADD COLUMN voided_at INTEGER;

-- What ended of late, for the processes that still take its access tokens.
CREATE INDEX sessions_by_end ON sessions (agency_id, revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE integrators (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
) STRICT;

CREATE TABLE integrator_credentials (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    integrator_id BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, integrator_id) REFERENCES integrators (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX integrator_credentials_one_good
    ON integrator_credentials (agency_id, integrator_id) WHERE revoked_at IS NULL;
CREATE INDEX integrator_credentials_by_end
    ON integrator_credentials (agency_id, revoked_at) WHERE revoked_at IS NOT NULL;
