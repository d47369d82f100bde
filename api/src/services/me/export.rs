use casework::Work;
use domain::{AppointmentId, CheckInId, ClientId};
use storage::{cases::Case, check_ins, consents, excuses, test_records};

use super::{appointments, cases_of, client, place};
use crate::{
    failure::Failure,
    views::me::{
        ExportView, ExportedCheckIn, ExportedConsent, ExportedExcuse, ExportedPerson, ExportedTerm,
        ExportedVisit,
    },
};

/// Rows read at a time.
const PAGE: i64 = 500;

/// The client's copy of what is stored about them (PIPL art. 45).
///
/// # Errors
/// When the database fails.
pub fn export(work: &mut Work<'_, '_>, id: ClientId) -> Result<ExportView, Failure> {
    let me = client(work, id)?;
    let cases = cases_of(work, id)?;
    let items = appointments::all(work, id)?;
    let ids: Vec<AppointmentId> = items.iter().map(|item| item.id).collect();
    Ok(ExportView {
        made_at: work.now,
        place: place(work, &me)?,
        appointments: appointments::views(work, id, &items)?,
        visits: visits(work, &cases)?,
        excuses: excuses_of(work, &ids)?,
        check_ins: check_ins_of(work, id)?,
        consents: consents_of(work, id)?,
        terms: cases.into_iter().map(term).collect(),
        person: ExportedPerson {
            id: me.id,
            name: me.name,
            sex: me.sex,
            birth_date: me.birth_date,
            id_number: me.id_number,
            phone: me.phone,
            registered_at: me.created_at,
        },
    })
}

fn term(case: Case) -> ExportedTerm {
    ExportedTerm {
        id: case.id,
        document_no: case.document_no,
        issued_by: case.issuing_authority,
        issued_on: case.issued_on,
        received_on: case.received_on,
        months: case.term_months,
        starts_on: case.term_starts_on,
        ends_on: case.term_ends_on,
    }
}

fn visits(work: &mut Work<'_, '_>, cases: &[Case]) -> Result<Vec<ExportedVisit>, Failure> {
    let mut visits = Vec::new();
    for case in cases {
        let mut after = None;
        loop {
            let page = test_records::of_case(work.tx, work.agency, case.id, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            visits.extend(page.iter().map(|record| ExportedVisit {
                at: record.collected_at,
                result: record.result.into(),
                counts: record.counts,
                told_at: record.told_at,
            }));
        }
    }
    Ok(visits)
}

fn excuses_of(
    work: &mut Work<'_, '_>,
    appointments: &[AppointmentId],
) -> Result<Vec<ExportedExcuse>, Failure> {
    let known = excuses::of_appointments(work.tx, work.agency, appointments)?;
    Ok(known
        .into_iter()
        .map(|excuse| ExportedExcuse {
            at: excuse.requested_at,
            note: excuse.note,
            status: excuse.status.into(),
            decision: excuse.decision_reason,
        })
        .collect())
}

fn check_ins_of(
    work: &mut Work<'_, '_>,
    client: ClientId,
) -> Result<Vec<ExportedCheckIn>, Failure> {
    let mut found = Vec::new();
    let mut after: Option<CheckInId> = None;
    loop {
        let page = check_ins::of_client(work.tx, work.agency, client, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some(last.id);
        found.extend(page.into_iter().map(|made| ExportedCheckIn {
            at: made.made_at,
            note: made.note,
            location: made.location,
        }));
    }
}

fn consents_of(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<ExportedConsent>, Failure> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = consents::list(work.tx, work.agency, client, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some(last.id);
        found.extend(page.into_iter().map(|one| ExportedConsent {
            at: one.recorded_at,
            purpose: one.purpose,
            act: one.act,
            text_version: one.text_version,
        }));
    }
}
