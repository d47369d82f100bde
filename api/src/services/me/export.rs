use casework::Work;
use domain::{AppointmentId, CheckInId, ClientId, MessageId};
use storage::{
    attempts, cases::Case, check_ins, client_sessions, consents, excuses, family_contacts,
    messages, replies, tasks, test_records, wechat_bindings,
};

use super::{appointments, cases_of, client, ledger, place};
use crate::{
    failure::Failure,
    views::me::{
        ExportView, ExportedBinding, ExportedCheckIn, ExportedConsent, ExportedContact,
        ExportedExcuse, ExportedPerson, ExportedRequest, ExportedSignIn, ExportedTerm,
        ExportedText, ExportedVisit, RequestKind,
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
    let ledger = ledger(work, id)?;
    Ok(ExportView {
        made_at: work.now,
        place: place(work, &me)?,
        appointments: appointments::views(work, id, &items)?,
        visits: visits(work, &cases)?,
        excuses: excuses_of(work, &ids)?,
        check_ins: check_ins_of(work, id)?,
        consents: consents_of(work, id)?,
        family_contacts: contacts_of(work, id)?,
        counted: ledger.items,
        reviews: ledger.reviews,
        requests: requests_of(work, id)?,
        texts: texts_about(work, &ids)?,
        replies: replies_of(work, id)?,
        wechat_bindings: bindings_of(work, id)?,
        sign_ins: sign_ins_of(work, id)?,
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
            appointment_id: excuse.appointment_id,
            reason_code: excuse.reason_code,
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
    let mut before: Option<CheckInId> = None;
    loop {
        let page = check_ins::of_client(work.tx, work.agency, client, before, PAGE)?;
        let Some(last) = page.last() else {
            found.reverse();
            return Ok(found);
        };
        before = Some(last.id);
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
            channel: one.channel,
        }));
    }
}

fn contacts_of(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<ExportedContact>, Failure> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = family_contacts::list(work.tx, work.agency, client, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some(last.id);
        found.extend(page.into_iter().map(|one| ExportedContact {
            name: one.name,
            phone: one.phone,
            relation: one.relation,
            scope: one.scope,
            ends_on: one.ends_on,
            ended_at: one.ended_at,
        }));
    }
}

fn requests_of(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<ExportedRequest>, Failure> {
    let asked = tasks::of_client(work.tx, work.agency, client)?;
    Ok(asked
        .into_iter()
        .filter_map(|task| {
            Some(ExportedRequest {
                at: task.created_at,
                kind: RequestKind::of(task.kind)?,
                text: task.note,
                answer_by: task.due_on,
                answered_at: task.closed_at,
            })
        })
        .collect())
}

fn texts_about(
    work: &mut Work<'_, '_>,
    appointments: &[AppointmentId],
) -> Result<Vec<ExportedText>, Failure> {
    let messages = messages::of_appointments(work.tx, work.agency, appointments)?;
    let ids: Vec<MessageId> = messages.into_iter().map(|message| message.id).collect();
    let mut tries = attempts::of_messages(work.tx, work.agency, &ids)?;
    tries.sort_by_key(|attempt| (attempt.started_at, attempt.id));
    Ok(tries
        .into_iter()
        .map(|attempt| ExportedText {
            at: attempt.started_at,
            text: attempt.text,
        })
        .collect())
}

fn replies_of(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<ExportedText>, Failure> {
    let all = replies::of_client(work.tx, work.agency, client)?;
    Ok(all
        .into_iter()
        .map(|reply| ExportedText {
            at: reply.received_at,
            text: reply.text,
        })
        .collect())
}

fn bindings_of(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<ExportedBinding>, Failure> {
    let all = wechat_bindings::of_client(work.tx, work.agency, client)?;
    Ok(all
        .into_iter()
        .map(|binding| ExportedBinding {
            bound_at: binding.bound_at,
            last_used_at: binding.last_used_at,
            ended_at: binding.ended_at,
        })
        .collect())
}

fn sign_ins_of(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<ExportedSignIn>, Failure> {
    Ok(client_sessions::of_client(work.tx, work.agency, client)?
        .into_iter()
        .map(|session| ExportedSignIn {
            at: session.created_at,
            last_used_at: session.last_used_at,
            ended_at: session.revoked_at,
        })
        .collect())
}
