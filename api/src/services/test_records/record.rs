//! Recording a test.

use casework::{Work, judge, status};
use domain::{
    AppointmentId, AppointmentKind, AppointmentStatus, CaseId, Refusal, RefusalCode, StaffId,
    TestResult,
    freezing::may_change,
    test_record::{Item, Match, match_item},
};
use storage::{
    Scope, StorageError,
    appointments::{self, Appointment},
    test_records::{self, Context, TestRecord},
};

use super::evidence::{self, Checked};
use crate::{failure::Failure, views::test_records::RecordTest};

/// Records a test taken for an appointment. A counting one completes the oldest unmet appointment
/// of the case whose window or grace days hold the moment of collection, which need not be the one
/// named.
///
/// # Errors
/// `appointment_closed`, `appointment_not_open_yet` or `outside_window` when no appointment can take
/// it; `case_frozen`; `case_not_active`; `date_in_future`; `too_few_collectors`; `collector_not_in_office`.
pub fn for_appointment(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: AppointmentId,
    asked: &RecordTest,
    by: StaffId,
) -> Result<TestRecord, Failure> {
    let context = test_records::context_of_appointment(work.tx, work.agency, scope, id)?
        .ok_or_else(|| Failure::not_found("appointment"))?;
    may_change(context.case.frozen_from)?;
    let office = context.case.office_id;
    let test = evidence::check(work, &context, office, asked)?;
    let (agency, case, at) = (work.agency, context.case.id, test.collected_at);
    let items = appointments::holding(work.tx, agency, case, at, Some(id))?;
    let named = items
        .iter()
        .find(|item| item.id == id)
        .ok_or_else(|| Failure::not_found("appointment"))?;
    let matched = found(&test, &items);
    if !is_unmet(named.status) || matched == Match::Additional {
        return Err(untaken(named, &test).into());
    }
    store(work, &context, asked, test, items, matched, by)
}

/// Records a test that was not taken for a certain appointment. It completes one all the same if
/// one waits.
///
/// # Errors
/// As [`for_appointment`], but for the window.
pub fn additional(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: CaseId,
    asked: &RecordTest,
    by: StaffId,
) -> Result<TestRecord, Failure> {
    let context = test_records::context_of_case(work.tx, work.agency, scope, id)?
        .ok_or_else(|| Failure::not_found("case"))?;
    may_change(context.case.frozen_from)?;
    let test = evidence::check(work, &context, context.case.office_id, asked)?;
    let items = appointments::holding(work.tx, work.agency, id, test.collected_at, None)?;
    let matched = found(&test, &items);
    store(work, &context, asked, test, items, matched, by)
}

fn found(test: &Checked, items: &[Appointment]) -> Match {
    let items: Vec<Item> = items
        .iter()
        .filter(|item| item.kind == AppointmentKind::Test)
        .map(|item| Item {
            id: item.id,
            status: item.status,
            opens_at: item.opens_at,
            closes_at: item.closes_at,
            grace_ends_at: item.grace_ends_at,
        })
        .collect();
    match_item(test.collected_at, &items)
}

const fn is_unmet(status: AppointmentStatus) -> bool {
    matches!(
        status,
        AppointmentStatus::Scheduled
            | AppointmentStatus::Open
            | AppointmentStatus::Overdue
            | AppointmentStatus::Missed
    )
}

/// Why the appointment cannot take the test.
fn untaken(item: &Appointment, test: &Checked) -> Refusal {
    if !is_unmet(item.status) {
        let detail = format!("the appointment is {}", item.status);
        return Refusal::new(RefusalCode::AppointmentClosed, detail);
    }
    if test.collected_at < item.opens_at {
        let detail = format!("its window opens on {}", item.opens_on);
        return Refusal::at(RefusalCode::AppointmentNotOpenYet, "/collected_at", detail);
    }
    let detail = format!(
        "its window closed on {}, its grace days on {}",
        item.due_on, item.grace_ends_on
    );
    Refusal::at(RefusalCode::OutsideWindow, "/collected_at", detail)
}

fn store(
    work: &mut Work<'_, '_>,
    context: &Context,
    asked: &RecordTest,
    test: Checked,
    items: Vec<Appointment>,
    matched: Match,
    by: StaffId,
) -> Result<TestRecord, Failure> {
    let (taken_by, late) = match matched {
        Match::Completes(id) => (Some(id), false),
        Match::CompletesLate(id) => (Some(id), true),
        Match::Additional => (None, false),
    };
    let case = &context.case;
    let record = TestRecord {
        agency_id: work.agency,
        id: work.ids.next(),
        case_id: case.id,
        appointment_id: taken_by,
        office_id: case.office_id,
        sample: asked.sample,
        method: asked.method,
        collected_at: test.collected_at,
        collectors: test.collectors,
        result: asked.result,
        panel: asked
            .panel
            .as_ref()
            .map(serde_json::to_value)
            .transpose()
            .map_err(corrupt)?,
        kit_lot: test.kit_lot,
        kit_expires_on: asked.kit_expires_on,
        client_signed: asked.client_signed,
        refused_to_sign: asked.refused_to_sign,
        told_at: asked.told_at.map(domain::local_time::truncate_to_micros),
        note: test.note,
        counts: test.counting.counts,
        counts_reason: test.counting.reason.as_str().to_owned(),
        created_by: by,
        created_at: work.now,
    };
    test_records::insert(work.tx, &record)?;
    let completed = items
        .into_iter()
        .find(|item| record.counts && Some(item.id) == taken_by);
    if let Some(item) = completed {
        complete(work, context, item, late)?;
    }
    if record.result == TestResult::Positive {
        judge::positive_tests(work, case)?;
    }
    Ok(record)
}

/// Completes an appointment. One that was missed only because the test was recorded late leaves the
/// count of misses at once.
fn complete(
    work: &mut Work<'_, '_>,
    context: &Context,
    mut item: Appointment,
    late: bool,
) -> Result<(), Failure> {
    let was_missed = item.status == AppointmentStatus::Missed;
    item.late = late;
    item.missed_at = None;
    item.label = None;
    item.labelled_by = None;
    item.labelled_at = None;
    status::settle_appointment(work, &mut item, AppointmentStatus::Completed)?;
    if was_missed {
        judge::misses(work, &context.case)?;
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "the form of map_err")]
fn corrupt(error: serde_json::Error) -> StorageError {
    StorageError::Corrupt(error.to_string())
}
