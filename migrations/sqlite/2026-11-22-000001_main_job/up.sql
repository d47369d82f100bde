CREATE TABLE agencies (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE logins (
    username TEXT NOT NULL,
    agency_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    PRIMARY KEY (username)
) STRICT;

CREATE TABLE offices (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    area_code TEXT NOT NULL,
    phone TEXT NOT NULL,
    message_signature TEXT NOT NULL,
    timezone TEXT NOT NULL,
    last_digest_on TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
) STRICT;

CREATE TABLE staff (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    office_id BLOB,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    sex TEXT,
    phone_sealed BLOB,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX staff_one_per_username ON staff (agency_id, username);
CREATE INDEX staff_by_office ON staff (agency_id, office_id, id);

CREATE TABLE sessions (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_reason TEXT,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, staff_id) REFERENCES staff (agency_id, id)
) STRICT;
CREATE INDEX sessions_by_staff ON sessions (agency_id, staff_id, id);

CREATE TABLE refresh_tokens (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    session_id BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    generation INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, session_id) REFERENCES sessions (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX refresh_tokens_one_per_session_generation ON refresh_tokens (agency_id, session_id, generation, id);

CREATE TABLE rule_packs (
    agency_id BLOB NOT NULL,
    pack_id TEXT NOT NULL,
    pack_version INTEGER NOT NULL,
    title TEXT NOT NULL,
    citation TEXT NOT NULL,
    document TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    published_by BLOB,
    PRIMARY KEY (agency_id, pack_id, pack_version),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
) STRICT;

CREATE TABLE calendars (
    agency_id BLOB NOT NULL,
    year INTEGER NOT NULL,
    notice TEXT NOT NULL,
    source TEXT NOT NULL,
    document TEXT NOT NULL,
    loaded_at INTEGER NOT NULL,
    loaded_by BLOB,
    PRIMARY KEY (agency_id, year),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
) STRICT;

CREATE TABLE templates (
    agency_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    step TEXT NOT NULL,
    body TEXT NOT NULL,
    version INTEGER NOT NULL,
    updated_by BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, kind, step),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
) STRICT;

CREATE TABLE clients (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    caseworker_id BLOB,
    name_sealed BLOB NOT NULL,
    name_index BLOB NOT NULL,
    sex TEXT NOT NULL,
    birth_date_sealed BLOB,
    id_number_sealed BLOB,
    id_number_index BLOB,
    phone_sealed BLOB,
    phone_index BLOB,
    phone_sms_ok INTEGER NOT NULL CHECK (phone_sms_ok IN (0, 1)),
    phone_state TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id),
    FOREIGN KEY (agency_id, caseworker_id) REFERENCES staff (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX clients_one_per_id_number_index ON clients (agency_id, id_number_index);
CREATE INDEX clients_by_office ON clients (agency_id, office_id, id);
CREATE INDEX clients_by_caseworker ON clients (agency_id, caseworker_id, id);
CREATE INDEX clients_by_name_index ON clients (agency_id, name_index);
CREATE INDEX clients_by_phone_index ON clients (agency_id, phone_index);

CREATE TABLE cases (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    caseworker_id BLOB NOT NULL,
    measure TEXT NOT NULL,
    rule_pack TEXT NOT NULL,
    rule_pack_version INTEGER NOT NULL,
    term_months INTEGER NOT NULL,
    document_no TEXT NOT NULL,
    issuing_authority TEXT NOT NULL,
    issued_on TEXT NOT NULL,
    received_on TEXT NOT NULL,
    printed_term_ends_on TEXT,
    status TEXT NOT NULL,
    report_in_due_on TEXT NOT NULL,
    report_in_closes_at INTEGER NOT NULL,
    report_in_provisional INTEGER NOT NULL CHECK (report_in_provisional IN (0, 1)),
    report_in_why TEXT NOT NULL,
    reported_in_on TEXT,
    agreement_signed_on TEXT,
    term_starts_on TEXT,
    term_ends_on TEXT,
    next_check_at INTEGER,
    next_remind_at INTEGER,
    version INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, client_id) REFERENCES clients (agency_id, id),
    FOREIGN KEY (agency_id, office_id) REFERENCES offices (agency_id, id),
    FOREIGN KEY (agency_id, caseworker_id) REFERENCES staff (agency_id, id),
    FOREIGN KEY (agency_id, rule_pack, rule_pack_version) REFERENCES rule_packs (agency_id, pack_id, pack_version)
) STRICT;
CREATE INDEX cases_by_client ON cases (agency_id, client_id, id);
CREATE INDEX cases_by_office ON cases (agency_id, office_id, id);
CREATE INDEX cases_by_caseworker ON cases (agency_id, caseworker_id, id);
CREATE INDEX cases_by_next_check ON cases (agency_id, next_check_at, id) WHERE next_check_at IS NOT NULL;
CREATE INDEX cases_by_next_remind ON cases (agency_id, next_remind_at, id) WHERE next_remind_at IS NOT NULL;

CREATE TABLE appointments (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    caseworker_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    replaces_id BLOB,
    opens_on TEXT NOT NULL,
    nominal_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    grace_ends_on TEXT NOT NULL,
    opens_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    grace_ends_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    provisional INTEGER NOT NULL CHECK (provisional IN (0, 1)),
    notified INTEGER NOT NULL CHECK (notified IN (0, 1)),
    why TEXT NOT NULL,
    notice_proof TEXT NOT NULL,
    label TEXT,
    labelled_by BLOB,
    labelled_at INTEGER,
    missed_at INTEGER,
    next_change_at INTEGER,
    next_remind_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX appointments_one_per_case_kind_sequence_generation ON appointments (agency_id, case_id, kind, sequence, generation);
CREATE INDEX appointments_by_office_due ON appointments (agency_id, office_id, due_on, id);
CREATE INDEX appointments_by_caseworker_due ON appointments (agency_id, caseworker_id, due_on, id);
CREATE INDEX appointments_by_next_change ON appointments (agency_id, next_change_at, id) WHERE next_change_at IS NOT NULL;
CREATE INDEX appointments_by_next_remind ON appointments (agency_id, next_remind_at, id) WHERE next_remind_at IS NOT NULL;
CREATE INDEX appointments_provisional ON appointments (agency_id, id) WHERE provisional;

CREATE TABLE test_records (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    appointment_id BLOB,
    office_id BLOB NOT NULL,
    sample TEXT NOT NULL,
    method TEXT NOT NULL,
    collected_at INTEGER NOT NULL,
    collectors TEXT NOT NULL,
    result TEXT NOT NULL,
    panel TEXT,
    kit_lot TEXT,
    kit_expires_on TEXT,
    client_signed INTEGER NOT NULL CHECK (client_signed IN (0, 1)),
    refused_to_sign INTEGER NOT NULL CHECK (refused_to_sign IN (0, 1)),
    told_at INTEGER,
    note_sealed BLOB,
    counts INTEGER NOT NULL CHECK (counts IN (0, 1)),
    counts_reason TEXT NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id),
    FOREIGN KEY (agency_id, appointment_id) REFERENCES appointments (agency_id, id)
) STRICT;
CREATE INDEX test_records_by_case ON test_records (agency_id, case_id, id);
CREATE INDEX test_records_by_appointment ON test_records (agency_id, appointment_id);

CREATE TABLE excuses (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    appointment_id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    reason_code TEXT NOT NULL,
    note_sealed BLOB,
    status TEXT NOT NULL,
    evidence_due_on TEXT,
    requested_by BLOB NOT NULL,
    requested_at INTEGER NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    decision_sealed BLOB,
    make_up_due_on TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, appointment_id) REFERENCES appointments (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX excuses_one_per_appointment ON excuses (agency_id, appointment_id) WHERE status IN ('requested','awaiting_evidence');
CREATE INDEX excuses_by_appointment ON excuses (agency_id, appointment_id);
CREATE INDEX excuses_by_case ON excuses (agency_id, case_id, id);

CREATE TABLE escalations (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    case_id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    caseworker_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    count INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    statement_sealed BLOB,
    submitted_by BLOB,
    submitted_at INTEGER,
    signed_off_by BLOB,
    signed_off_at INTEGER,
    referred_by BLOB,
    referred_at INTEGER,
    referral_sealed BLOB,
    outcome_sealed BLOB,
    closed_at INTEGER,
    closed_reason_sealed BLOB,
    next_alert_at INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX escalations_one_per_case_kind ON escalations (agency_id, case_id, kind) WHERE status IN ('open','in_review','signed_off','referred');
CREATE INDEX escalations_by_case_kind ON escalations (agency_id, case_id, kind);
CREATE INDEX escalations_by_office ON escalations (agency_id, office_id, id);
CREATE INDEX escalations_by_caseworker ON escalations (agency_id, caseworker_id, id);
CREATE INDEX escalations_by_next_alert ON escalations (agency_id, next_alert_at, id) WHERE next_alert_at IS NOT NULL;

CREATE TABLE escalation_items (
    agency_id BLOB NOT NULL,
    escalation_id BLOB NOT NULL,
    object_id BLOB NOT NULL,
    object_kind TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    removed_at INTEGER,
    PRIMARY KEY (agency_id, escalation_id, object_id),
    FOREIGN KEY (agency_id, escalation_id) REFERENCES escalations (agency_id, id)
) STRICT;
CREATE INDEX escalation_items_by_object ON escalation_items (agency_id, object_id);

CREATE TABLE transitions (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    object_kind TEXT NOT NULL,
    object_id BLOB NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    document TEXT,
    reason_sealed BLOB,
    PRIMARY KEY (agency_id, id)
) STRICT;
CREATE INDEX transitions_by_object ON transitions (agency_id, object_id, id);

CREATE TABLE messages (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    client_id BLOB,
    staff_id BLOB,
    case_id BLOB,
    appointment_id BLOB,
    dedupe_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    step TEXT NOT NULL,
    channel TEXT NOT NULL,
    status TEXT NOT NULL,
    planned_for INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    shifted_from INTEGER,
    shift_reason TEXT,
    hop_cause TEXT,
    next_action_at INTEGER,
    attempt_count INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    status_reason TEXT,
    final_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id),
    FOREIGN KEY (agency_id, appointment_id) REFERENCES appointments (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX messages_one_per_dedupe_key ON messages (agency_id, dedupe_key);
CREATE INDEX messages_by_status_next_action ON messages (agency_id, status, next_action_at, id) WHERE next_action_at IS NOT NULL;
CREATE INDEX messages_by_appointment ON messages (agency_id, appointment_id, id);
CREATE INDEX messages_by_case ON messages (agency_id, case_id, id);
CREATE INDEX messages_by_office ON messages (agency_id, office_id, id);

CREATE TABLE attempts (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    channel TEXT NOT NULL,
    gateway TEXT NOT NULL,
    fence INTEGER NOT NULL,
    text_sealed BLOB NOT NULL,
    started_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, message_id) REFERENCES messages (agency_id, id)
) STRICT;
CREATE INDEX attempts_by_message_number ON attempts (agency_id, message_id, number);

CREATE TABLE attempt_outcomes (
    agency_id BLOB NOT NULL,
    attempt_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT,
    provider_message_id TEXT,
    finished_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, attempt_id),
    FOREIGN KEY (agency_id, attempt_id) REFERENCES attempts (agency_id, id)
) STRICT;
CREATE INDEX attempt_outcomes_by_provider_message ON attempt_outcomes (agency_id, provider_message_id) WHERE provider_message_id IS NOT NULL;
CREATE INDEX attempt_outcomes_by_message ON attempt_outcomes (agency_id, message_id);

CREATE TABLE receipts (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    attempt_id BLOB,
    gateway TEXT NOT NULL,
    dedupe_key TEXT NOT NULL,
    state TEXT NOT NULL,
    code TEXT,
    reported_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    applied INTEGER NOT NULL CHECK (applied IN (0, 1)),
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, message_id) REFERENCES messages (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX receipts_one_per_dedupe_key ON receipts (agency_id, dedupe_key);
CREATE INDEX receipts_by_message ON receipts (agency_id, message_id, id);

CREATE TABLE tasks (
    agency_id BLOB NOT NULL,
    id BLOB NOT NULL,
    office_id BLOB NOT NULL,
    assignee_id BLOB,
    client_id BLOB,
    case_id BLOB,
    appointment_id BLOB,
    escalation_id BLOB,
    message_id BLOB,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    due_on TEXT NOT NULL,
    outcome TEXT,
    note_sealed BLOB,
    dedupe_key TEXT NOT NULL,
    closed_at INTEGER,
    closed_by BLOB,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, id)
) STRICT;
CREATE UNIQUE INDEX tasks_one_per_dedupe_key ON tasks (agency_id, dedupe_key);
CREATE INDEX tasks_by_assignee_status_due ON tasks (agency_id, assignee_id, status, due_on, id);
CREATE INDEX tasks_by_office_status_due ON tasks (agency_id, office_id, status, due_on, id);
CREATE INDEX tasks_by_appointment ON tasks (agency_id, appointment_id, id);
CREATE INDEX tasks_by_case ON tasks (agency_id, case_id, id);
CREATE INDEX tasks_by_escalation ON tasks (agency_id, escalation_id, id);

CREATE TABLE audit_heads (
    agency_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (agency_id),
    FOREIGN KEY (agency_id) REFERENCES agencies (id)
) STRICT;

CREATE TABLE audit_log (
    agency_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT,
    outcome TEXT NOT NULL,
    reason TEXT,
    request_id TEXT,
    address TEXT,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (agency_id, seq)
) STRICT;
CREATE INDEX audit_log_by_object_seq ON audit_log (agency_id, object_id, seq);

CREATE TABLE idempotency_keys (
    agency_id BLOB NOT NULL,
    principal_id BLOB NOT NULL,
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    body_sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (agency_id, principal_id, key)
) STRICT;
CREATE INDEX idempotency_keys_by_expires ON idempotency_keys (agency_id, expires_at);

CREATE TABLE leases (
    agency_id BLOB NOT NULL,
    name TEXT NOT NULL,
    holder BLOB NOT NULL,
    fence INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (agency_id, name)
) STRICT;
-- The audit trail is append-only. PostgreSQL holds this by grants.
CREATE TRIGGER audit_log_is_never_updated BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_log_is_never_deleted BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
