//! The tables, in the types of [`crate::types`]. A test compares this with the migrated databases.
//! One list of all of them: nothing else is in here, and whoever looks for a column looks here.

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    agencies (id) {
        id -> Uid,
        name -> Text,
        created_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    logins (username) {
        username -> Text,
        agency_id -> Uid,
        staff_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    offices (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        name -> Text,
        area_code -> Text,
        phone -> Text,
        message_signature -> Text,
        timezone -> Text,
        last_digest_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> UtcInstant,
        updated_at -> UtcInstant,
        visits_until -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    staff (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        office_id -> Nullable<Uid>,
        username -> Text,
        password_hash -> Text,
        display_name -> Text,
        role -> Word,
        sex -> Nullable<Word>,
        phone_sealed -> Nullable<Binary>,
        active -> Bool,
        version -> BigInt,
        created_at -> UtcInstant,
        updated_at -> UtcInstant,
        area_code -> Nullable<Text>,
        notice_channel -> Word,
        notice_address_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    sessions (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        staff_id -> Uid,
        created_at -> UtcInstant,
        last_used_at -> UtcInstant,
        expires_at -> UtcInstant,
        revoked_at -> Nullable<UtcInstant>,
        revoked_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    refresh_tokens (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        session_id -> Uid,
        secret_hash -> Binary,
        generation -> Integer,
        issued_at -> UtcInstant,
        expires_at -> UtcInstant,
        used_at -> Nullable<UtcInstant>,
        voided_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    integrators (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        name -> Text,
        scopes -> Text,
        active -> Bool,
        created_by -> Uid,
        created_at -> UtcInstant,
        updated_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    integrator_credentials (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        integrator_id -> Uid,
        secret_hash -> Binary,
        created_at -> UtcInstant,
        last_used_at -> Nullable<UtcInstant>,
        revoked_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    rule_packs (agency_id, pack_id, pack_version) {
        agency_id -> Uid,
        pack_id -> Text,
        pack_version -> Integer,
        title -> Text,
        citation -> Text,
        document -> Text,
        effective_from -> Date,
        published_at -> UtcInstant,
        published_by -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    calendars (agency_id, year) {
        agency_id -> Uid,
        year -> Integer,
        notice -> Text,
        source -> Text,
        document -> JsonDoc,
        loaded_at -> UtcInstant,
        loaded_by -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    templates (agency_id, kind, step) {
        agency_id -> Uid,
        kind -> Word,
        step -> Text,
        body -> Text,
        version -> BigInt,
        updated_by -> Uid,
        updated_at -> UtcInstant,
        removed_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    template_versions (agency_id, kind, step, version) {
        agency_id -> Uid,
        kind -> Word,
        step -> Text,
        version -> BigInt,
        body -> Text,
        status -> Word,
        written_by -> Uid,
        written_at -> UtcInstant,
        reviewed_by -> Nullable<Uid>,
        reviewed_at -> Nullable<UtcInstant>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    provider_templates (agency_id, provider, kind, step) {
        agency_id -> Uid,
        provider -> Text,
        kind -> Word,
        step -> Text,
        gateway -> Word,
        provider_template_id -> Text,
        params -> JsonDoc,
        variable_chars -> Nullable<Integer>,
        body -> Text,
        version -> BigInt,
        updated_by -> Uid,
        updated_at -> UtcInstant,
        removed_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    clients (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        office_id -> Uid,
        caseworker_id -> Nullable<Uid>,
        name_sealed -> Binary,
        name_index -> Binary,
        sex -> Word,
        birth_date_sealed -> Nullable<Binary>,
        id_number_sealed -> Nullable<Binary>,
        id_number_index -> Nullable<Binary>,
        phone_sealed -> Nullable<Binary>,
        phone_index -> Nullable<Binary>,
        phone_sms_ok -> Bool,
        phone_state -> Word,
        version -> BigInt,
        created_by -> Uid,
        created_at -> UtcInstant,
        updated_at -> UtcInstant,
        frozen_from -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    cases (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        client_id -> Uid,
        office_id -> Uid,
        caseworker_id -> Uid,
        measure -> Word,
        rule_pack -> Text,
        rule_pack_version -> Integer,
        term_months -> Integer,
        document_no -> Text,
        issuing_authority -> Text,
        issued_on -> Date,
        received_on -> Date,
        printed_term_ends_on -> Nullable<Date>,
        status -> Word,
        report_in_due_on -> Date,
        report_in_closes_at -> UtcInstant,
        report_in_provisional -> Bool,
        report_in_why -> JsonDoc,
        reported_in_on -> Nullable<Date>,
        agreement_signed_on -> Nullable<Date>,
        term_starts_on -> Nullable<Date>,
        term_ends_on -> Nullable<Date>,
        next_check_at -> Nullable<UtcInstant>,
        next_remind_at -> Nullable<UtcInstant>,
        version -> BigInt,
        created_by -> Uid,
        created_at -> UtcInstant,
        updated_at -> UtcInstant,
        ended_at -> Nullable<UtcInstant>,
        frozen_from -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    appointments (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        case_id -> Uid,
        client_id -> Uid,
        office_id -> Uid,
        caseworker_id -> Uid,
        kind -> Word,
        sequence -> Integer,
        generation -> Integer,
        replaces_id -> Nullable<Uid>,
        opens_on -> Date,
        nominal_on -> Date,
        due_on -> Date,
        grace_ends_on -> Date,
        opens_at -> UtcInstant,
        closes_at -> UtcInstant,
        grace_ends_at -> UtcInstant,
        status -> Word,
        late -> Bool,
        provisional -> Bool,
        notified -> Bool,
        why -> JsonDoc,
        notice_proof -> Word,
        label -> Nullable<Word>,
        labelled_by -> Nullable<Uid>,
        labelled_at -> Nullable<UtcInstant>,
        missed_at -> Nullable<UtcInstant>,
        next_change_at -> Nullable<UtcInstant>,
        next_remind_at -> Nullable<UtcInstant>,
        version -> BigInt,
        created_at -> UtcInstant,
        updated_at -> UtcInstant,
        frozen_from -> Nullable<UtcInstant>,
        number_doubted_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    test_records (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        case_id -> Uid,
        appointment_id -> Nullable<Uid>,
        office_id -> Uid,
        sample -> Word,
        method -> Word,
        collected_at -> UtcInstant,
        collectors -> JsonDoc,
        result -> Word,
        panel -> Nullable<JsonDoc>,
        kit_lot -> Nullable<Text>,
        kit_expires_on -> Nullable<Date>,
        client_signed -> Bool,
        refused_to_sign -> Bool,
        told_at -> Nullable<UtcInstant>,
        note_sealed -> Nullable<Binary>,
        counts -> Bool,
        counts_reason -> Text,
        created_by -> Uid,
        created_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    excuses (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        appointment_id -> Uid,
        case_id -> Uid,
        reason_code -> Text,
        note_sealed -> Nullable<Binary>,
        status -> Word,
        evidence_due_on -> Nullable<Date>,
        requested_by -> Uid,
        requested_at -> UtcInstant,
        decided_by -> Nullable<Uid>,
        decided_at -> Nullable<UtcInstant>,
        decision_sealed -> Nullable<Binary>,
        make_up_due_on -> Nullable<Date>,
        version -> BigInt,
        from_client -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    escalations (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        case_id -> Uid,
        client_id -> Uid,
        office_id -> Uid,
        caseworker_id -> Uid,
        kind -> Word,
        status -> Word,
        count -> Integer,
        threshold -> Integer,
        opened_at -> UtcInstant,
        statement_sealed -> Nullable<Binary>,
        submitted_by -> Nullable<Uid>,
        submitted_at -> Nullable<UtcInstant>,
        signed_off_by -> Nullable<Uid>,
        signed_off_at -> Nullable<UtcInstant>,
        referred_by -> Nullable<Uid>,
        referred_at -> Nullable<UtcInstant>,
        referral_sealed -> Nullable<Binary>,
        outcome_sealed -> Nullable<Binary>,
        closed_at -> Nullable<UtcInstant>,
        closed_reason_sealed -> Nullable<Binary>,
        next_alert_at -> Nullable<UtcInstant>,
        version -> BigInt,
        frozen_from -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    escalation_items (agency_id, escalation_id, object_id) {
        agency_id -> Uid,
        escalation_id -> Uid,
        object_id -> Uid,
        object_kind -> Text,
        joined_at -> UtcInstant,
        removed_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    transitions (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        object_kind -> Text,
        object_id -> Uid,
        from_status -> Text,
        to_status -> Text,
        at -> UtcInstant,
        actor_kind -> Word,
        actor_id -> Nullable<Uid>,
        document -> Nullable<Text>,
        reason_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    messages (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        office_id -> Uid,
        client_id -> Nullable<Uid>,
        staff_id -> Nullable<Uid>,
        case_id -> Nullable<Uid>,
        appointment_id -> Nullable<Uid>,
        dedupe_key -> Text,
        kind -> Word,
        step -> Text,
        channel -> Word,
        status -> Word,
        planned_for -> UtcInstant,
        not_after -> UtcInstant,
        shifted_from -> Nullable<UtcInstant>,
        shift_reason -> Nullable<Text>,
        hop_cause -> Nullable<Word>,
        next_action_at -> Nullable<UtcInstant>,
        attempt_count -> Integer,
        fence -> BigInt,
        status_reason -> Nullable<Text>,
        final_at -> Nullable<UtcInstant>,
        version -> BigInt,
        created_at -> UtcInstant,
        updated_at -> UtcInstant,
        held_since -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    message_resends (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        original_id -> Uid,
        reason_sealed -> Binary,
        requested_by -> Uid,
        requested_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    sending_pauses (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        office_id -> Nullable<Uid>,
        gateway -> Nullable<Text>,
        reason_sealed -> Binary,
        made_by -> Uid,
        made_at -> UtcInstant,
        ended_by -> Nullable<Uid>,
        ended_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    message_budgets (agency_id, office_id) {
        agency_id -> Uid,
        office_id -> Uid,
        monthly -> Integer,
        set_by -> Uid,
        set_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    job_runs (job) {
        job -> Text,
        ran_at -> Nullable<UtcInstant>,
        failed_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    attempts (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        message_id -> Uid,
        number -> Integer,
        channel -> Word,
        gateway -> Text,
        fence -> BigInt,
        text_sealed -> Binary,
        started_at -> UtcInstant,
        hop_cause -> Nullable<Word>,
        is_last -> Bool,
        no_proof -> Nullable<Word>,
        phone_index -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    attempt_outcomes (agency_id, attempt_id) {
        agency_id -> Uid,
        attempt_id -> Uid,
        message_id -> Uid,
        outcome -> Word,
        code -> Nullable<Text>,
        provider_message_id -> Nullable<Text>,
        finished_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    receipts (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        message_id -> Uid,
        attempt_id -> Nullable<Uid>,
        gateway -> Text,
        dedupe_key -> Text,
        state -> Word,
        code -> Nullable<Text>,
        reported_at -> UtcInstant,
        received_at -> UtcInstant,
        applied -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    receipt_checks (agency_id, receipt_id) {
        agency_id -> Uid,
        receipt_id -> Uid,
        message_id -> Uid,
        attempt_id -> Uid,
        state -> Word,
        asked -> Integer,
        next_ask_at -> Nullable<UtcInstant>,
        answered_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    replies (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        client_id -> Nullable<Uid>,
        message_id -> Nullable<Uid>,
        task_id -> Nullable<Uid>,
        channel -> Word,
        account -> Text,
        dedupe_index -> Binary,
        text_sealed -> Binary,
        meaning -> Word,
        effect -> Word,
        doubt -> Nullable<Word>,
        sent_at -> Nullable<UtcInstant>,
        received_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    tasks (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        office_id -> Uid,
        assignee_id -> Nullable<Uid>,
        client_id -> Nullable<Uid>,
        case_id -> Nullable<Uid>,
        appointment_id -> Nullable<Uid>,
        escalation_id -> Nullable<Uid>,
        message_id -> Nullable<Uid>,
        kind -> Word,
        status -> Word,
        due_on -> Date,
        outcome -> Nullable<Word>,
        note_sealed -> Nullable<Binary>,
        dedupe_key -> Text,
        closed_at -> Nullable<UtcInstant>,
        closed_by -> Nullable<Uid>,
        version -> BigInt,
        created_at -> UtcInstant,
        frozen_from -> Nullable<UtcInstant>,
        told_round -> Nullable<Word>,
        told_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    audit_heads (agency_id) {
        agency_id -> Uid,
        seq -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    audit_log (agency_id, seq) {
        agency_id -> Uid,
        seq -> BigInt,
        at -> UtcInstant,
        actor_kind -> Word,
        actor_id -> Nullable<Uid>,
        action -> Text,
        object_kind -> Text,
        object_id -> Nullable<Text>,
        outcome -> Text,
        reason -> Nullable<Text>,
        request_id -> Nullable<Text>,
        address -> Nullable<Text>,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    idempotency_keys (agency_id, principal_id, key) {
        agency_id -> Uid,
        principal_id -> Uid,
        key -> Text,
        operation -> Text,
        fingerprint -> Binary,
        status -> Integer,
        body_sealed -> Binary,
        created_at -> UtcInstant,
        expires_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    leases (agency_id, name) {
        agency_id -> Uid,
        name -> Text,
        holder -> Uid,
        fence -> BigInt,
        until -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    consents (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        client_id -> Uid,
        purpose -> Word,
        sequence -> Integer,
        act -> Word,
        text_version -> Text,
        channel -> Word,
        said_on -> Date,
        recorded_by_kind -> Word,
        recorded_by -> Nullable<Uid>,
        recorded_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    family_contacts (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        client_id -> Uid,
        name_sealed -> Binary,
        phone_sealed -> Binary,
        relation -> Word,
        scope -> Word,
        ends_on -> Date,
        ended_at -> Nullable<UtcInstant>,
        ended_reason -> Nullable<Text>,
        created_by -> Uid,
        created_at -> UtcInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    retention_reports (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        ran_on -> Date,
        subject -> Word,
        action -> Word,
        keep_days -> Nullable<Integer>,
        reason -> Text,
        acted -> BigInt,
        kept -> BigInt,
        updated_at -> UtcInstant,
        held_up -> BigInt,
        held_up_by -> Nullable<JsonDoc>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    covers (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        office_id -> Uid,
        absent_id -> Uid,
        covering_id -> Uid,
        starts_on -> Date,
        ends_on -> Date,
        starts_at -> UtcInstant,
        ends_at -> UtcInstant,
        made_by -> Uid,
        made_at -> UtcInstant,
        ended_by -> Nullable<Uid>,
        ended_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    gateway_posts (id) {
        id -> Uid,
        account -> Text,
        vendor -> Word,
        kind -> Word,
        dedupe_key -> Binary,
        body_sealed -> Nullable<Binary>,
        received_at -> UtcInstant,
        next_try_at -> Nullable<UtcInstant>,
        tries -> Integer,
        applied_at -> Nullable<UtcInstant>,
        outcome -> Nullable<Word>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    sign_in_codes (phone_index) {
        phone_index -> Binary,
        id -> Uid,
        code_hash -> Binary,
        code_sealed -> Nullable<Binary>,
        tries -> Integer,
        issued_at -> UtcInstant,
        expires_at -> UtcInstant,
        used_at -> Nullable<UtcInstant>,
        hour_began_at -> UtcInstant,
        hour_count -> Integer,
        day_began_at -> UtcInstant,
        day_count -> Integer,
        failures_began_at -> UtcInstant,
        failures -> Integer,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    sign_in_budgets (key) {
        key -> Binary,
        began_at -> UtcInstant,
        count -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    client_numbers (agency_id, client_id, phone_index) {
        agency_id -> Uid,
        client_id -> Uid,
        phone_index -> Binary,
        proven_at -> UtcInstant,
        last_used_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    client_sessions (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        client_id -> Uid,
        generation -> Integer,
        retry_generation -> Nullable<Integer>,
        created_at -> UtcInstant,
        last_used_at -> UtcInstant,
        idle_ends_at -> UtcInstant,
        expires_at -> UtcInstant,
        revoked_at -> Nullable<UtcInstant>,
        revoked_reason -> Nullable<Text>,
        wechat_binding_id -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    wechat_bindings (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        client_id -> Uid,
        app -> Word,
        app_id -> Text,
        openid_index -> Nullable<Binary>,
        openid_sealed -> Nullable<Binary>,
        unionid_sealed -> Nullable<Binary>,
        bound_at -> UtcInstant,
        last_used_at -> UtcInstant,
        failures_began_at -> UtcInstant,
        failures -> Integer,
        ended_at -> Nullable<UtcInstant>,
        ended_reason -> Nullable<Text>,
        unionid_index -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    appointment_confirmations (agency_id, appointment_id) {
        agency_id -> Uid,
        appointment_id -> Uid,
        client_id -> Uid,
        confirmed_at -> UtcInstant,
        due_on -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    credentials (agency_id, staff_id) {
        agency_id -> Uid,
        staff_id -> Uid,
        changed_at -> UtcInstant,
        temporary_until -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    second_factors (agency_id, staff_id) {
        agency_id -> Uid,
        staff_id -> Uid,
        secret_sealed -> Nullable<Binary>,
        pending_sealed -> Nullable<Binary>,
        confirmed_at -> Nullable<UtcInstant>,
        last_step -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    recovery_codes (agency_id, staff_id, code_hash) {
        agency_id -> Uid,
        staff_id -> Uid,
        code_hash -> Binary,
        used_at -> Nullable<UtcInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    sign_in_counters (subject) {
        subject -> Binary,
        failures -> Integer,
        last_failure_at -> Nullable<UtcInstant>,
        blocked_until -> Nullable<UtcInstant>,
        succeeded_at -> Nullable<UtcInstant>,
        keep_until -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    sealing_keys (name) {
        name -> Text,
        proof -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    check_ins (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        client_id -> Uid,
        office_id -> Uid,
        note_sealed -> Nullable<Binary>,
        location_sealed -> Nullable<Binary>,
        made_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    credit_events (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        binding_id -> Uid,
        template_id -> Text,
        change -> Word,
        dedupe_key -> Text,
        happened_at -> UtcInstant,
        recorded_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    subscription_credits (agency_id, binding_id, template_id) {
        agency_id -> Uid,
        binding_id -> Uid,
        template_id -> Text,
        credits -> Integer,
        updated_at -> UtcInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::*;

    file_openings (agency_id, id) {
        agency_id -> Uid,
        id -> Uid,
        case_id -> Uid,
        client_id -> Uid,
        reason_code -> Word,
        document_no -> Text,
        opened_by -> Uid,
        opened_at -> UtcInstant,
        closes_at -> UtcInstant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    file_openings,
    credentials,
    second_factors,
    recovery_codes,
    sign_in_counters,
    consents,
    family_contacts,
    retention_reports,
    agencies,
    logins,
    offices,
    staff,
    sessions,
    refresh_tokens,
    rule_packs,
    calendars,
    templates,
    template_versions,
    provider_templates,
    clients,
    client_numbers,
    client_sessions,
    wechat_bindings,
    credit_events,
    subscription_credits,
    gateway_posts,
    sign_in_codes,
    sign_in_budgets,
    appointment_confirmations,
    check_ins,
    cases,
    covers,
    appointments,
    test_records,
    excuses,
    escalations,
    escalation_items,
    transitions,
    messages,
    message_resends,
    sending_pauses,
    message_budgets,
    job_runs,
    attempts,
    attempt_outcomes,
    receipts,
    receipt_checks,
    replies,
    tasks,
    audit_heads,
    audit_log,
    idempotency_keys,
    leases,
);
