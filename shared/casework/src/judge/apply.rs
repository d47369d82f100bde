//! Doing what the judgement says.

use chrono::{DateTime, Utc};
use domain::{
    AppointmentId, EscalationKind, EscalationStatus, TaskKind,
    audit::AuditOutcome,
    escalation::{self, EscalationEvent, JudgeInput, Judgement, OpenFile},
    local_time::{at, local_date},
};
use storage::{
    cases::Case,
    escalations::{self, Escalation, Item},
};

use crate::{
    alerts, notify, record, rules, staff_notices,
    status::{self, Grounds},
    work::{Work, WorkError},
};

/// One counter of a case.
pub(super) struct Count<'a> {
    pub kind: EscalationKind,
    pub object_kind: &'static str,
    pub threshold: u32,
    pub counted: &'a [AppointmentId],
}

pub(super) fn apply(
    work: &mut Work<'_, '_>,
    case: &Case,
    count: Count<'_>,
) -> Result<(), WorkError> {
    let files = escalations::of_case(work.tx, work.agency, case.id, count.kind)?;
    if files.is_empty() && u32::try_from(count.counted.len()).unwrap_or(u32::MAX) < count.threshold
    {
        return Ok(());
    }
    let ids: Vec<_> = files.iter().map(|file| file.id).collect();
    let items = escalations::items_of_all(work.tx, work.agency, &ids)?;
    let current = |file: &Escalation| {
        items
            .iter()
            .filter(|item| item.escalation_id == file.id && item.removed_at.is_none())
            .map(|item| item.object_id)
            .collect::<Vec<_>>()
    };
    let open = files
        .iter()
        .find(|file| escalation::is_under_way(file.status));
    let basis = open.map(current).unwrap_or_default();
    let settled: Vec<_> = files
        .iter()
        .filter(|file| escalation::is_settled(file.status))
        .flat_map(current)
        .collect();
    let judgement = escalation::judge(&JudgeInput {
        threshold: count.threshold,
        counted: count.counted,
        open: open.map(|file| OpenFile {
            status: file.status,
            basis: &basis,
        }),
        settled: &settled,
    });
    match (judgement, open.cloned()) {
        (Judgement::Open { basis, .. }, _) => open_file(work, case, &count, &basis),
        (
            Judgement::Join {
                added,
                removed,
                count: number,
                ..
            },
            Some(mut file),
        ) => {
            join(work, &file, count.object_kind, &added)?;
            escalations::remove_items(work.tx, work.agency, file.id, &removed, work.now)?;
            file.count = rules::signed(number)?;
            status::save_escalation(work, &mut file)?;
            audit(work, "extend_escalation", &file, None)
        }
        (
            Judgement::Withdraw {
                reason,
                removed,
                count: number,
            },
            Some(mut file),
        ) => {
            escalations::remove_items(work.tx, work.agency, file.id, &removed, work.now)?;
            file.count = rules::signed(number)?;
            let grounds = Grounds {
                reason: Some(reason.as_str()),
                ..Grounds::default()
            };
            status::move_escalation(work, &mut file, EscalationEvent::Withdraw, grounds)?;
            audit(work, "withdraw_escalation", &file, Some(reason.as_str()))
        }
        (Judgement::Nothing | Judgement::Join { .. } | Judgement::Withdraw { .. }, _) => Ok(()),
    }
}

fn open_file(
    work: &mut Work<'_, '_>,
    case: &Case,
    count: &Count<'_>,
    basis: &[AppointmentId],
) -> Result<(), WorkError> {
    let office = rules::office(work, case.office_id)?;
    let tz = rules::zone(&office)?;
    let calendar = rules::calendar(work)?;
    let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
    let today = local_date(work.now, tz);
    let unattended = calendar
        .add_working_days(today, i64::from(pack.escalation.unattended_working_days))
        .date;
    let alert_at: DateTime<Utc> = at(unattended, alerts::ALERT_TIME, tz);
    let file = Escalation {
        agency_id: work.agency,
        id: work.ids.next(),
        case_id: case.id,
        client_id: case.client_id,
        office_id: case.office_id,
        caseworker_id: case.caseworker_id,
        kind: count.kind,
        status: EscalationStatus::Open,
        count: i32::try_from(basis.len()).unwrap_or(i32::MAX),
        threshold: rules::signed(count.threshold)?,
        opened_at: work.now,
        statement: None,
        submitted_by: None,
        submitted_at: None,
        signed_off_by: None,
        signed_off_at: None,
        referred_by: None,
        referred_at: None,
        referral: None,
        outcome: None,
        closed_at: None,
        closed_reason: None,
        next_alert_at: Some(alert_at),
        version: 1,
    };
    escalations::insert(work.tx, &file)?;
    join(work, &file, count.object_kind, basis)?;
    let due_on = calendar.working_day_on_or_after(today).date;
    let assignee = Some(case.caseworker_id);
    notify::escalation_task(work, &file, TaskKind::ReviewEscalation, assignee, due_on)?;
    staff_notices::of_escalation(work, &file)?;
    audit(work, "open_escalation", &file, None)
}

fn join(
    work: &mut Work<'_, '_>,
    file: &Escalation,
    object_kind: &str,
    objects: &[AppointmentId],
) -> Result<(), WorkError> {
    let items: Vec<_> = objects
        .iter()
        .map(|object| Item {
            agency_id: work.agency,
            escalation_id: file.id,
            object_id: *object,
            object_kind: object_kind.to_owned(),
            joined_at: work.now,
            removed_at: None,
        })
        .collect();
    Ok(escalations::insert_items(work.tx, &items)?)
}

fn audit(
    work: &mut Work<'_, '_>,
    action: &str,
    file: &Escalation,
    reason: Option<&str>,
) -> Result<(), WorkError> {
    let object = Some(file.id.to_string());
    record::audit(
        work,
        action,
        "escalation",
        object,
        AuditOutcome::Done,
        reason,
    )
}
