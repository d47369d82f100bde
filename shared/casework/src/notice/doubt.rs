//! A number that is not, or not certainly, the client's any more.

use domain::{CaseId, ClientId, NoticeProof};
use storage::{
    Scope,
    appointments::{self, Appointment},
    cases,
};

use super::Evidence;
use crate::{
    confirm::can_be_kept,
    notify, record, status,
    work::{Work, WorkError},
};

/// Cases of one client that are looked at.
const CASES: i64 = 100;

/// A client's number is not, or not certainly, theirs any more: what was texted to it about appointments
/// that are still ahead proves nothing from now on. Those that lose their proof by it are entered in
/// the trail, and a person tells the client.
///
/// # Errors
/// When the database fails.
pub fn doubt_number(work: &mut Work<'_, '_>, client: ClientId) -> Result<(), WorkError> {
    let filter = cases::Filter {
        client: Some(client),
        ..cases::Filter::default()
    };
    let of_client = cases::list(work.tx, work.agency, Scope::default(), &filter, None, CASES)?;
    let mut ahead = Vec::new();
    for case in of_client.iter().map(|case| case.id) {
        ahead.extend(ahead_of(work, case)?);
    }
    if ahead.is_empty() {
        return Ok(());
    }
    let evidence = Evidence::of(work, client, &ahead)?;
    let mut lost = Vec::new();
    for mut item in ahead {
        item.number_doubted_at = Some(work.now);
        if item.notice_proof == NoticeProof::Proven && evidence.first(&item).is_none() {
            item.notice_proof = NoticeProof::Unproven;
            lost.push(item.id);
            notify::tell_date_task(work, &item, None)?;
        }
        status::save_appointment(work, &mut item)?;
    }
    record::audit_each(work, "doubt_notice", "appointment", &lost)
}

/// The appointments of a case that reminders were planned of, and that can still be kept.
fn ahead_of(work: &mut Work<'_, '_>, case: CaseId) -> Result<Vec<Appointment>, WorkError> {
    let now = work.now;
    let mut items = appointments::of_case(work.tx, work.agency, case)?;
    items.retain(|item| item.notified && can_be_kept(&item.into(), now));
    Ok(items)
}
