//! Deciding an excuse.

use casework::{Work, judge, rules, schedule, status};
use domain::{
    AppointmentStatus, ExcuseId, ExcuseStatus, MissLabel, Refusal, RefusalCode, StaffId,
    case_status, excuse as rule, miss,
};
use storage::{
    Scope, StorageError,
    appointments::{self, Appointment},
    cases::Case,
    excuses::{self, Excuse},
    tasks,
};

use super::{evidence_key, load};
use crate::{
    failure::Failure,
    services::{text, version},
    views::excuses::DecideExcuse,
};

/// Decides an excuse. Accepting it, or agreeing on another day, takes its appointment out of the
/// count of misses at once and judges any open escalation again.
///
/// # Errors
/// `excuse_decided`, `appointment_closed`, `case_not_active`, `make_up_date_required`,
/// `invalid_value`, `stale_version`.
pub fn decide(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: ExcuseId,
    expected: Option<i64>,
    asked: &DecideExcuse,
    by: StaffId,
) -> Result<Excuse, Failure> {
    let (mut excuse, case) = load(work, scope, id)?;
    version::check(excuse.version, expected)?;
    let office = rules::office(work, case.office_id)?;
    let today = rules::today(work, &office)?;
    let due_on = asked.make_up_due_on;
    let decided = rule::decide(excuse.status, asked.decision, &asked.reason, due_on, today)?;
    let reason = text::reason(&asked.reason)?;
    excuse.status = decided;
    excuse.decided_by = Some(by);
    excuse.decided_at = Some(work.now);
    excuse.decision_reason = Some(reason);
    excuse.make_up_due_on = due_on;
    let read = excuse.version;
    excuse.version += 1;
    version::saved(excuses::save(work.tx, &excuse, read)?)?;
    tasks::cancel_key(work.tx, work.agency, &evidence_key(id), work.now)?;
    if !rule::is_in_force(decided) {
        return Ok(excuse);
    }
    let mut item = appointment(work, &excuse)?;
    let was_missed = item.status == AppointmentStatus::Missed;
    let (to, label) = if decided == ExcuseStatus::MakeUp {
        (AppointmentStatus::Deferred, MissLabel::Deferred)
    } else {
        (AppointmentStatus::Excused, MissLabel::Excused)
    };
    if was_missed {
        // The decision on the excuse is the person's label of the miss.
        miss::label(item.status, item.label, label)?;
        item.label = Some(label);
        item.labelled_by = Some(by);
        item.labelled_at = Some(work.now);
    }
    status::settle_appointment(work, &mut item, to)?;
    if let Some(due_on) = due_on {
        if !case_status::is_live(case.status) {
            let detail = format!("no new day can be set: the case is {}", case.status);
            return Err(Refusal::new(RefusalCode::CaseNotActive, detail).into());
        }
        make_up(work, &case, &item, due_on)?;
    }
    if was_missed {
        judge::misses(work, &case)?;
    }
    Ok(excuse)
}

/// The excuse's appointment, unless it was settled otherwise meanwhile.
fn appointment(work: &mut Work<'_, '_>, excuse: &Excuse) -> Result<Appointment, Failure> {
    let item = appointments::get(
        work.tx,
        work.agency,
        Scope::default(),
        excuse.appointment_id,
    )?
    .ok_or_else(|| StorageError::Corrupt("an excuse without its appointment".to_owned()))?;
    match item.status {
        AppointmentStatus::Scheduled
        | AppointmentStatus::Open
        | AppointmentStatus::Overdue
        | AppointmentStatus::Missed => Ok(item),
        closed => {
            let detail = format!("the appointment is {closed} by now: reject the excuse");
            Err(Refusal::new(RefusalCode::AppointmentClosed, detail).into())
        }
    }
}

fn make_up(
    work: &mut Work<'_, '_>,
    case: &Case,
    item: &Appointment,
    due_on: chrono::NaiveDate,
) -> Result<(), Failure> {
    let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
    let calendar = rules::calendar(work)?;
    let office = rules::office(work, case.office_id)?;
    let tz = rules::zone(&office)?;
    schedule::make_up(work, case, item, due_on, &pack, &calendar, tz)?;
    Ok(())
}
