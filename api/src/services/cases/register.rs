use casework::{Work, WorkError, rules, schedule};
use domain::{CaseStatus, ClientId, OfficeId, Refusal, RefusalCode, Role, StaffId, case_status};
use storage::{
    Scope,
    cases::{self, Case},
    clients, staff,
};

use super::decision;
use crate::{
    auth::Caller,
    failure::Failure,
    services::{clients as client_service, faults::Faults, text, version},
    views::cases::RegisterCase,
};

const DEFAULT_PACK: &str = "cn-default";
/// A client has a handful of cases in a life.
const CASES_OF_A_CLIENT: i64 = 100;

/// Opens a case for a client within the caller's reach, at the caller's office or one of the caller's
/// area, and gives the client to its caseworker. Sets the last day for reporting in (戒毒条例 art. 14, 38).
///
/// # Errors
/// `not_found` for the client; `invalid_value`, `invalid_term`, `unknown_rule_pack`,
/// `measure_not_in_pack`, `date_in_future`, `date_before_decision` or `caseworker_not_in_office` at
/// the field; `case_still_open`.
pub fn register(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    scope: Scope,
    client_id: ClientId,
    asked: &RegisterCase,
) -> Result<Case, Failure> {
    let mut client = client_service::get(work, scope, client_id)?;
    // A strange office says nothing of the rest: whether its people and its day fit is not told.
    let office_id = client_service::own_office(work, caller, Some(asked.office_id))?;
    let office = rules::office(work, office_id)?;
    let mut faults = Faults::default();
    let caseworker = caseworker_of(work, office_id, asked.caseworker_id);
    let paper = &asked.decision;
    let dates = decision::check_dates(paper, rules::today(work, &office)?);
    let pack_id = asked.rule_pack.as_deref().unwrap_or(DEFAULT_PACK);
    let pack = rules::pack_in_force(work, pack_id, paper.received_on);
    let (Some(()), Some(()), Some(document_no), Some(issuing_authority), Some(pack)) = (
        faults.note(caseworker)?,
        faults.note(dates)?,
        faults.note(text::line(&paper.document_no, "/decision/document_no", 80))?,
        faults.note(text::line(
            &paper.issuing_authority,
            "/decision/issuing_authority",
            100,
        ))?,
        faults.note(pack.map_err(Failure::from).and_then(|pack| {
            pack.cadence_for(asked.measure, asked.term_months)?;
            Ok(pack)
        }))?,
    ) else {
        return Err(faults.into());
    };

    // Saving the client first makes two cases opened at once meet on its row.
    let read = client.version;
    client.office_id = office_id;
    client.caseworker_id = Some(asked.caseworker_id);
    client.version += 1;
    client.updated_at = work.now;
    // The person is back; what was frozen before stays so.
    client.frozen_from = None;
    version::saved(clients::save(work.tx, &client, read)?)?;
    refuse_second(work, client_id)?;

    let mut case = Case {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id,
        office_id,
        caseworker_id: asked.caseworker_id,
        measure: asked.measure,
        rule_pack: pack.id.clone(),
        rule_pack_version: small(pack.version)?,
        term_months: small(asked.term_months)?,
        document_no,
        issuing_authority,
        issued_on: paper.issued_on,
        received_on: paper.received_on,
        printed_term_ends_on: paper.term_ends_on,
        status: CaseStatus::Ordered,
        // The deadline is set below.
        report_in_due_on: paper.received_on,
        report_in_closes_at: work.now,
        report_in_provisional: false,
        report_in_why: serde_json::Value::Null,
        reported_in_on: None,
        agreement_signed_on: None,
        term_starts_on: None,
        term_ends_on: None,
        next_check_at: None,
        next_remind_at: None,
        version: 1,
        created_by: caller.staff,
        created_at: work.now,
        updated_at: work.now,
        ended_at: None,
        frozen_from: None,
    };
    let (calendar, tz) = (rules::calendar(work)?, rules::zone(&office)?);
    schedule::set_report_in_deadline(work, &mut case, &pack, &calendar, tz)?;
    cases::insert(work.tx, &case)?;
    Ok(case)
}

fn caseworker_of(work: &mut Work<'_, '_>, office: OfficeId, id: StaffId) -> Result<(), Failure> {
    let fits = staff::get(work.tx, work.agency, id)?.is_some_and(|person| {
        person.active
            && person.office_id == Some(office)
            && matches!(person.role, Role::Caseworker | Role::Supervisor)
    });
    if fits {
        return Ok(());
    }
    let detail = "not an active caseworker or supervisor of the office";
    Err(Refusal::at(RefusalCode::CaseworkerNotInOffice, "/caseworker_id", detail).into())
}

fn refuse_second(work: &mut Work<'_, '_>, client: ClientId) -> Result<(), Failure> {
    let filter = cases::Filter {
        client: Some(client),
        ..cases::Filter::default()
    };
    let all = Scope::default();
    let known = cases::list(work.tx, work.agency, all, &filter, None, CASES_OF_A_CLIENT)?;
    match known
        .iter()
        .find(|case| !case_status::is_final(case.status))
    {
        None => Ok(()),
        Some(open) => Err(Refusal::new(
            RefusalCode::CaseStillOpen,
            format!(
                "the client has a case that is {}; it has to end first",
                open.status
            ),
        )
        .into()),
    }
}

fn small(number: u32) -> Result<i32, WorkError> {
    i32::try_from(number).map_err(|_range| WorkError::corrupt("number out of range"))
}
