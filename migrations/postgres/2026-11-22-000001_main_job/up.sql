CREATE TABLE agencies (
    id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE logins (
    username text NOT NULL,
    agency_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    PRIMARY KEY (username)
);

CREATE TABLE offices (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    area_code text NOT NULL,
    phone text NOT NULL,
    message_signature text NOT NULL,
    timezone text NOT NULL,
    last_digest_on date,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
);

CREATE TABLE staff (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    office_id uuid,
    username text NOT NULL,
    password_hash text NOT NULL,
    display_name text NOT NULL,
    role text NOT NULL,
    sex text,
    phone_sealed bytea,
    active boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id)
);
CREATE UNIQUE INDEX staff_one_per_username ON staff (agency_id, username);
CREATE INDEX staff_by_office ON staff (agency_id, office_id, id);

CREATE TABLE sessions (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, staff_id) REFERENCES staff (agency_id, id)
);
CREATE INDEX sessions_by_staff ON sessions (agency_id, staff_id, id);

CREATE TABLE refresh_tokens (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    generation integer NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, session_id) REFERENCES sessions (agency_id, id)
);
CREATE UNIQUE INDEX refresh_tokens_one_per_session_generation ON refresh_tokens (agency_id, session_id, generation, id);

CREATE TABLE rule_packs (
    agency_id uuid NOT NULL,
    pack_id text NOT NULL,
    pack_version integer NOT NULL,
    title text NOT NULL,
    citation text NOT NULL,
    document text NOT NULL,
    effective_from date NOT NULL,
    published_at timestamptz NOT NULL,
    published_by uuid,
    PRIMARY KEY (agency_id, pack_id, pack_version),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
);

CREATE TABLE calendars (
    agency_id uuid NOT NULL,
    year integer NOT NULL,
    notice text NOT NULL,
    source text NOT NULL,
    document jsonb NOT NULL,
    loaded_at timestamptz NOT NULL,
    loaded_by uuid,
    PRIMARY KEY (agency_id, year),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
);

CREATE TABLE templates (
    agency_id uuid NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    body text NOT NULL,
    version bigint NOT NULL,
    updated_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, kind, step),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
);

CREATE TABLE clients (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    office_id uuid NOT NULL,
    caseworker_id uuid,
    name_sealed bytea NOT NULL,
    name_index bytea NOT NULL,
    sex text NOT NULL,
    birth_date_sealed bytea,
    id_number_sealed bytea,
    id_number_index bytea,
    phone_sealed bytea,
    phone_index bytea,
    phone_sms_ok boolean NOT NULL,
    phone_state text NOT NULL,
    version bigint NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id),
    FOREIGN KEY (agency_id, caseworker_id) REFERENCES staff (agency_id, id)
);
CREATE UNIQUE INDEX clients_one_per_id_number_index ON clients (agency_id, id_number_index);
CREATE INDEX clients_by_office ON clients (agency_id, office_id, id);
CREATE INDEX clients_by_caseworker ON clients (agency_id, caseworker_id, id);
CREATE INDEX clients_by_name_index ON clients (agency_id, name_index);
CREATE INDEX clients_by_phone_index ON clients (agency_id, phone_index);

CREATE TABLE cases (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    office_id uuid NOT NULL,
    caseworker_id uuid NOT NULL,
    measure text NOT NULL,
    rule_pack text NOT NULL,
    rule_pack_version integer NOT NULL,
    term_months integer NOT NULL,
    document_no text NOT NULL,
    issuing_authority text NOT NULL,
    issued_on date NOT NULL,
    received_on date NOT NULL,
    printed_term_ends_on date,
    status text NOT NULL,
    report_in_due_on date NOT NULL,
    report_in_closes_at timestamptz NOT NULL,
    report_in_provisional boolean NOT NULL,
    report_in_why jsonb NOT NULL,
    reported_in_on date,
    agreement_signed_on date,
    term_starts_on date,
    term_ends_on date,
    next_check_at timestamptz,
    next_remind_at timestamptz,
    version bigint NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id),
    FOREIGN KEY (agency_id, caseworker_id) REFERENCES staff (agency_id, id),
    FOREIGN KEY (agency_id, rule_pack, rule_pack_version) REFERENCES rule_packs (agency_id, pack_id, pack_version)
);
CREATE INDEX cases_by_client ON cases (agency_id, client_id, id);
CREATE INDEX cases_by_office ON cases (agency_id, office_id, id);
CREATE INDEX cases_by_caseworker ON cases (agency_id, caseworker_id, id);
CREATE INDEX cases_by_next_check ON cases (agency_id, next_check_at, id) WHERE next_check_at IS NOT NULL;
CREATE INDEX cases_by_next_remind ON cases (agency_id, next_remind_at, id) WHERE next_remind_at IS NOT NULL;

CREATE TABLE appointments (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    client_id uuid NOT NULL,
    office_id uuid NOT NULL,
    caseworker_id uuid NOT NULL,
    kind text NOT NULL,
    sequence integer NOT NULL,
    generation integer NOT NULL,
    replaces_id uuid,
    opens_on date NOT NULL,
    nominal_on date NOT NULL,
    due_on date NOT NULL,
    grace_ends_on date NOT NULL,
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    grace_ends_at timestamptz NOT NULL,
    status text NOT NULL,
    late boolean NOT NULL,
    provisional boolean NOT NULL,
    notified boolean NOT NULL,
    why jsonb NOT NULL,
    notice_proof text NOT NULL,
    label text,
    labelled_by uuid,
    labelled_at timestamptz,
    missed_at timestamptz,
    next_change_at timestamptz,
    next_remind_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id)
);
CREATE UNIQUE INDEX appointments_one_per_case_kind_sequence_generation ON appointments (agency_id, case_id, kind, sequence, generation);
CREATE INDEX appointments_by_office_due ON appointments (agency_id, office_id, due_on, id);
CREATE INDEX appointments_by_caseworker_due ON appointments (agency_id, caseworker_id, due_on, id);
CREATE INDEX appointments_by_next_change ON appointments (agency_id, next_change_at, id) WHERE next_change_at IS NOT NULL;
CREATE INDEX appointments_by_next_remind ON appointments (agency_id, next_remind_at, id) WHERE next_remind_at IS NOT NULL;
CREATE INDEX appointments_provisional ON appointments (agency_id, id) WHERE provisional;

CREATE TABLE test_records (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    appointment_id uuid,
    office_id uuid NOT NULL,
    sample text NOT NULL,
    method text NOT NULL,
    collected_at timestamptz NOT NULL,
    collectors jsonb NOT NULL,
    result text NOT NULL,
    panel jsonb,
    kit_lot text,
    kit_expires_on date,
    client_signed boolean NOT NULL,
    refused_to_sign boolean NOT NULL,
    told_at timestamptz,
    note_sealed bytea,
    counts boolean NOT NULL,
    counts_reason text NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id),
    FOREIGN KEY (agency_id, appointment_id) REFERENCES appointments (agency_id, id)
);
CREATE INDEX test_records_by_case ON test_records (agency_id, case_id, id);
CREATE INDEX test_records_by_appointment ON test_records (agency_id, appointment_id);

CREATE TABLE excuses (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    case_id uuid NOT NULL,
    reason_code text NOT NULL,
    note_sealed bytea,
    status text NOT NULL,
    evidence_due_on date,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    decision_sealed bytea,
    make_up_due_on date,
    version bigint NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, appointment_id) REFERENCES appointments (agency_id, id)
);
CREATE UNIQUE INDEX excuses_one_per_appointment ON excuses (agency_id, appointment_id) WHERE status IN ('requested','awaiting_evidence');
CREATE INDEX excuses_by_appointment ON excuses (agency_id, appointment_id);
CREATE INDEX excuses_by_case ON excuses (agency_id, case_id, id);

CREATE TABLE escalations (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    client_id uuid NOT NULL,
    office_id uuid NOT NULL,
    caseworker_id uuid NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    count integer NOT NULL,
    threshold integer NOT NULL,
    opened_at timestamptz NOT NULL,
    statement_sealed bytea,
    submitted_by uuid,
    submitted_at timestamptz,
    signed_off_by uuid,
    signed_off_at timestamptz,
    referred_by uuid,
    referred_at timestamptz,
    referral_sealed bytea,
    outcome_sealed bytea,
    closed_at timestamptz,
    closed_reason_sealed bytea,
    next_alert_at timestamptz,
    version bigint NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id)
);
CREATE UNIQUE INDEX escalations_one_per_case_kind ON escalations (agency_id, case_id, kind) WHERE status IN ('open','in_review','signed_off','referred');
CREATE INDEX escalations_by_case_kind ON escalations (agency_id, case_id, kind);
CREATE INDEX escalations_by_office ON escalations (agency_id, office_id, id);
CREATE INDEX escalations_by_caseworker ON escalations (agency_id, caseworker_id, id);
CREATE INDEX escalations_by_next_alert ON escalations (agency_id, next_alert_at, id) WHERE next_alert_at IS NOT NULL;

CREATE TABLE escalation_items (
    agency_id uuid NOT NULL,
    escalation_id uuid NOT NULL,
    object_id uuid NOT NULL,
    object_kind text NOT NULL,
    joined_at timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (agency_id, escalation_id, object_id),
    FOREIGN KEY (agency_id, escalation_id) REFERENCES escalations (agency_id, id)
);
CREATE INDEX escalation_items_by_object ON escalation_items (agency_id, object_id);

CREATE TABLE transitions (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    object_kind text NOT NULL,
    object_id uuid NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    document text,
    reason_sealed bytea,
    PRIMARY KEY (agency_id, id)
);
CREATE INDEX transitions_by_object ON transitions (agency_id, object_id, id);

CREATE TABLE messages (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    office_id uuid NOT NULL,
    client_id uuid,
    staff_id uuid,
    case_id uuid,
    appointment_id uuid,
    dedupe_key text NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    channel text NOT NULL,
    status text NOT NULL,
    planned_for timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    shifted_from timestamptz,
    shift_reason text,
    hop_cause text,
    next_action_at timestamptz,
    attempt_count integer NOT NULL,
    fence bigint NOT NULL,
    status_reason text,
    final_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id),
    FOREIGN KEY (agency_id, appointment_id) REFERENCES appointments (agency_id, id)
);
CREATE UNIQUE INDEX messages_one_per_dedupe_key ON messages (agency_id, dedupe_key);
CREATE INDEX messages_by_status_next_action ON messages (agency_id, status, next_action_at, id) WHERE next_action_at IS NOT NULL;
CREATE INDEX messages_by_appointment ON messages (agency_id, appointment_id, id);
CREATE INDEX messages_by_case ON messages (agency_id, case_id, id);
CREATE INDEX messages_by_office ON messages (agency_id, office_id, id);

CREATE TABLE attempts (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    number integer NOT NULL,
    channel text NOT NULL,
    gateway text NOT NULL,
    fence bigint NOT NULL,
    text_sealed bytea NOT NULL,
    started_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, message_id) REFERENCES messages (agency_id, id)
);
CREATE INDEX attempts_by_message_number ON attempts (agency_id, message_id, number);

CREATE TABLE attempt_outcomes (
    agency_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    message_id uuid NOT NULL,
    outcome text NOT NULL,
    code text,
    provider_message_id text,
    finished_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, attempt_id),
    FOREIGN KEY (agency_id, attempt_id) REFERENCES attempts (agency_id, id)
);
CREATE INDEX attempt_outcomes_by_provider_message ON attempt_outcomes (agency_id, provider_message_id) WHERE provider_message_id IS NOT NULL;
CREATE INDEX attempt_outcomes_by_message ON attempt_outcomes (agency_id, message_id);

CREATE TABLE receipts (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    attempt_id uuid,
    gateway text NOT NULL,
    dedupe_key text NOT NULL,
    state text NOT NULL,
    code text,
    reported_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    applied boolean NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, message_id) REFERENCES messages (agency_id, id)
);
CREATE UNIQUE INDEX receipts_one_per_dedupe_key ON receipts (agency_id, dedupe_key);
CREATE INDEX receipts_by_message ON receipts (agency_id, message_id, id);

CREATE TABLE tasks (
    agency_id uuid NOT NULL,
    id uuid NOT NULL,
    office_id uuid NOT NULL,
    assignee_id uuid,
    client_id uuid,
    case_id uuid,
    appointment_id uuid,
    escalation_id uuid,
    message_id uuid,
    kind text NOT NULL,
    status text NOT NULL,
    due_on date NOT NULL,
    outcome text,
    note_sealed bytea,
    dedupe_key text NOT NULL,
    closed_at timestamptz,
    closed_by uuid,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, id)
);
CREATE UNIQUE INDEX tasks_one_per_dedupe_key ON tasks (agency_id, dedupe_key);
CREATE INDEX tasks_by_assignee_status_due ON tasks (agency_id, assignee_id, status, due_on, id);
CREATE INDEX tasks_by_office_status_due ON tasks (agency_id, office_id, status, due_on, id);
CREATE INDEX tasks_by_appointment ON tasks (agency_id, appointment_id, id);
CREATE INDEX tasks_by_case ON tasks (agency_id, case_id, id);
CREATE INDEX tasks_by_escalation ON tasks (agency_id, escalation_id, id);

CREATE TABLE audit_heads (
    agency_id uuid NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (agency_id),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
);

CREATE TABLE audit_log (
    agency_id uuid NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text,
    outcome text NOT NULL,
    reason text,
    request_id text,
    address text,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (agency_id, seq)
);
CREATE INDEX audit_log_by_object_seq ON audit_log (agency_id, object_id, seq);

CREATE TABLE idempotency_keys (
    agency_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    key text NOT NULL,
    operation text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    body_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, principal_id, key)
);
CREATE INDEX idempotency_keys_by_expires ON idempotency_keys (agency_id, expires_at);

CREATE TABLE leases (
    agency_id uuid NOT NULL,
    name text NOT NULL,
    holder uuid NOT NULL,
    fence bigint NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (agency_id, name)
);
