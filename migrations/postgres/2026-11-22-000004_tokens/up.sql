-- A refresh token whose successor was asked for again: whoever still uses it holds a copy.
ALTER TABLE refresh_tokens ADD COLUMN voided_at timestamptz;

-- What ended of late, for the processes that still take its access tokens.
CREATE INDEX sessions_by_end ON sessions (agency_id, revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE integrators (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    scopes text NOT NULL,
    active boolean NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
);

CREATE TABLE integrator_credentials (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    integrator_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, integrator_id) REFERENCES integrators (agency_id, id)
);
CREATE UNIQUE INDEX integrator_credentials_one_good
    ON integrator_credentials (agency_id, integrator_id) WHERE revoked_at IS NULL;
CREATE INDEX integrator_credentials_by_end
    ON integrator_credentials (agency_id, revoked_at) WHERE revoked_at IS NOT NULL;
