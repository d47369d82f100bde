-- Every version of an agency's own texts: who wrote it, who reviewed it, what became of it. The text in
-- force stands in templates as well, whose version counts what happens to a step.
CREATE TABLE template_versions (
    agency_id uuid NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    version bigint NOT NULL,
    body text NOT NULL,
    status text NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    reviewed_by uuid,
    reviewed_at timestamptz,
    note text,
    PRIMARY KEY (agency_id, kind, step, version),
    FOREIGN KEY (agency_id, kind, step) REFERENCES templates (agency_id, kind, step),
    FOREIGN KEY (agency_id, written_by) REFERENCES staff (agency_id, id),
    FOREIGN KEY (agency_id, reviewed_by) REFERENCES staff (agency_id, id),
    CHECK (reviewed_by <> written_by),
    CHECK ((reviewed_by IS NULL) = (reviewed_at IS NULL))
);
CREATE UNIQUE INDEX template_versions_draft ON template_versions (agency_id, kind, step)
    WHERE status = 'draft';
CREATE UNIQUE INDEX template_versions_active ON template_versions (agency_id, kind, step)
    WHERE status = 'active';

-- What was in force before there were reviews stays in force, and shows that nobody reviewed it.
INSERT INTO template_versions
    (agency_id, kind, step, version, body, status, written_by, written_at)
SELECT agency_id, kind, step, version, body, 'active', updated_by, updated_at
FROM templates WHERE removed_at IS NULL;

-- Texts as they are filed with a provider's account, which fills in the places itself.
CREATE TABLE provider_templates (
    agency_id uuid NOT NULL,
    provider text NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    gateway text NOT NULL,
    provider_template_id text NOT NULL,
    params jsonb NOT NULL,
    variable_chars integer,
    body text NOT NULL,
    version bigint NOT NULL,
    updated_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (agency_id, provider, kind, step),
    FOREIGN KEY (agency_id, updated_by) REFERENCES staff (agency_id, id)
);
