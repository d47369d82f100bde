-- What providers post: no tenant's before it is known what it is about. One row for each item of a
-- post; what was in it is wiped as soon as it was acted on.
CREATE TABLE gateway_posts (
    id uuid NOT NULL,
    account text NOT NULL,
    vendor text NOT NULL,
    kind text NOT NULL,
    dedupe_key bytea NOT NULL,
    body_sealed bytea,
    received_at timestamptz NOT NULL,
    next_try_at timestamptz,
    tries integer NOT NULL,
    applied_at timestamptz,
    outcome text,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX gateway_posts_once ON gateway_posts (account, kind, dedupe_key);
CREATE INDEX gateway_posts_due ON gateway_posts (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX gateway_posts_by_applied ON gateway_posts (applied_at) WHERE applied_at IS NOT NULL;
