-- What providers post: no tenant's before it is known what it is about. One row for each item of a
-- post; what was in it is wiped as soon as it was acted on.
CREATE TABLE gateway_posts (
    id BLOB NOT NULL,
    account TEXT NOT NULL,
    vendor TEXT NOT NULL,
    kind TEXT NOT NULL,
    dedupe_key BLOB NOT NULL,
    body_sealed BLOB,
    received_at INTEGER NOT NULL,
    next_try_at INTEGER,
    tries INTEGER NOT NULL,
    applied_at INTEGER,
    outcome TEXT,
    PRIMARY KEY (id)
) STRICT;
CREATE UNIQUE INDEX gateway_posts_once ON gateway_posts (account, kind, dedupe_key);
CREATE INDEX gateway_posts_due ON gateway_posts (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX gateway_posts_by_applied ON gateway_posts (applied_at) WHERE applied_at IS NOT NULL;
