//! The clients of a soak.

use casework::{Work, WorkError};
use chrono::{Days, TimeDelta};
use domain::{
    CaseId, CaseStatus, ClientId, Measure, PhoneState, Sex, WechatBindingId,
    subscription_credit::CreditChange,
};
use storage::{
    cases::{self, Case},
    clients::{self, Client},
    subscription_credits::{self, CreditEvent},
};

use crate::{TestApp, soak::vendors::WECHAT_TEMPLATE};

/// A client with a verified number who has yet to report in.
pub(super) fn client_with_case(
    work: &mut Work<'_, '_>,
    app: &TestApp,
    number: usize,
) -> Result<(ClientId, CaseId), WorkError> {
    let (now, today) = (work.now, work.now.date_naive());
    let (office, caseworker) = (app.seed().office, app.seed().staff("caseworker"));
    let client = Client {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: office,
        caseworker_id: Some(caseworker),
        name: "王小明".to_owned(),
        sex: Sex::Male,
        birth_date: None,
        id_number: None,
        phone: Some(format!("139{number:0>8}")),
        phone_sms_ok: true,
        phone_state: PhoneState::Verified,
        version: 1,
        created_by: caseworker,
        created_at: now,
        updated_at: now,
        frozen_from: None,
    };
    clients::insert(work.tx, &client)?;
    let case = Case {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: client.id,
        office_id: office,
        caseworker_id: caseworker,
        measure: Measure::CommunityTreatment,
        rule_pack: "cn-default".to_owned(),
        rule_pack_version: 1,
        term_months: 36,
        document_no: "2025-1".to_owned(),
        issuing_authority: "东山县公安局".to_owned(),
        issued_on: today,
        received_on: today,
        printed_term_ends_on: None,
        status: CaseStatus::Ordered,
        report_in_due_on: today + Days::new(14),
        report_in_closes_at: now + TimeDelta::days(15),
        report_in_provisional: false,
        report_in_why: serde_json::Value::Null,
        reported_in_on: None,
        agreement_signed_on: None,
        term_starts_on: None,
        term_ends_on: None,
        next_check_at: None,
        next_remind_at: None,
        version: 1,
        created_by: caseworker,
        created_at: now,
        updated_at: now,
        ended_at: None,
        frozen_from: None,
    };
    cases::insert(work.tx, &case)?;
    Ok((client.id, case.id))
}

/// The client accepts one message of the mini program.
pub(super) fn accept(
    work: &mut Work<'_, '_>,
    binding_id: WechatBindingId,
    number: usize,
) -> Result<(), WorkError> {
    let event = CreditEvent {
        agency_id: work.agency,
        id: work.ids.next(),
        binding_id,
        template_id: WECHAT_TEMPLATE.to_owned(),
        change: CreditChange::Granted,
        dedupe_key: format!("granted:{binding_id}:{number}"),
        happened_at: work.now,
        recorded_at: work.now,
    };
    assert!(subscription_credits::note(work.tx, &event)?);
    Ok(())
}
