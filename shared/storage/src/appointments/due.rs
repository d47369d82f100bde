//! What the worker asks: which appointments need it now. All by index, so that an idle tick costs
//! the same for any number of clients.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, AppointmentStatus, NoticeProof};

use super::Appointment;
use crate::{
    error::StorageError, prepared::execute_prepared, schema::appointments, store::Tx, types::bind,
    with_conn,
};

/// Appointments in `status` whose next change of status has come, the earliest first.
pub fn due_for_change(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    status: AppointmentStatus,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Appointment>, StorageError> {
    Ok(with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::next_change_at.is_not_null())
        .filter(appointments::next_change_at.le(bind(Some(now))))
        .filter(appointments::status.eq(bind(status)))
        .order((appointments::next_change_at, appointments::id))
        .limit(limit)
        .select(Appointment::as_select())
        .load(*c))?)
}

/// The ids of those that [`due_for_change`] finds, whether or not their rows can be understood.
pub fn ids_due_for_change(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    status: AppointmentStatus,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<AppointmentId>, StorageError> {
    Ok(with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::next_change_at.is_not_null())
        .filter(appointments::next_change_at.le(bind(Some(now))))
        .filter(appointments::status.eq(bind(status)))
        .order((appointments::next_change_at, appointments::id))
        .limit(limit)
        .select(appointments::id)
        .load(*c))?)
}

/// Appointments whose next reminder is to be planned, the earliest first.
pub fn due_for_reminder(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Appointment>, StorageError> {
    Ok(with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::next_remind_at.is_not_null())
        .filter(appointments::next_remind_at.le(bind(Some(now))))
        .order((appointments::next_remind_at, appointments::id))
        .limit(limit)
        .select(Appointment::as_select())
        .load(*c))?)
}

/// Opens the windows of these scheduled appointments: their status next changes when they close.
/// Answers how many were still scheduled.
pub fn mark_opened(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[AppointmentId],
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    Ok(with_conn!(tx, c => diesel::update(appointments::table
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(appointments::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
            .filter(appointments::status.eq(bind(AppointmentStatus::Scheduled))))
        .set((
            appointments::status.eq(bind(AppointmentStatus::Open)),
            appointments::next_change_at.eq(appointments::closes_at.nullable()),
            appointments::version.eq(appointments::version + 1),
            appointments::updated_at.eq(bind(now)),
        ))
        .execute(*c))?)
}

/// Marks these open appointments overdue: their status next changes when the grace days end.
/// Answers how many were still open.
pub fn mark_overdue(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[AppointmentId],
    now: DateTime<Utc>,
) -> Result<usize, StorageError> {
    Ok(with_conn!(tx, c => diesel::update(appointments::table
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(appointments::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
            .filter(appointments::status.eq(bind(AppointmentStatus::Open))))
        .set((
            appointments::status.eq(bind(AppointmentStatus::Overdue)),
            appointments::next_change_at.eq(appointments::grace_ends_at.nullable()),
            appointments::version.eq(appointments::version + 1),
            appointments::updated_at.eq(bind(now)),
        ))
        .execute(*c))?)
}

/// Notes that a reminder of an appointment was planned, and when the next one is to be.
pub fn set_next_reminder(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: AppointmentId,
    notified: bool,
    at: Option<DateTime<Utc>>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => execute_prepared!(*c, appointments, diesel::update(appointments::table
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(appointments::id.eq(bind(id))))
        .set((appointments::notified.eq(notified), appointments::next_remind_at.eq(bind(at))))))?;
    Ok(())
}

/// The earliest instant at which an appointment needs the worker.
pub fn next_due(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Option<DateTime<Utc>>, StorageError> {
    let change: Option<Option<DateTime<Utc>>> = with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::next_change_at.is_not_null())
        .order(appointments::next_change_at)
        .select(appointments::next_change_at)
        .first(*c)
        .optional())?;
    let remind: Option<Option<DateTime<Utc>>> = with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::next_remind_at.is_not_null())
        .order(appointments::next_remind_at)
        .select(appointments::next_remind_at)
        .first(*c)
        .optional())?;
    Ok(change.flatten().into_iter().chain(remind.flatten()).min())
}

/// Notes whether notice of these appointments is shown. What was shown once stays so.
pub fn mark_notice(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[AppointmentId],
    proof: NoticeProof,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    if ids.is_empty() {
        return Ok(());
    }
    with_conn!(tx, c => diesel::update(appointments::table
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(appointments::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
            .filter(appointments::notice_proof.ne(bind(NoticeProof::Proven)))
            .filter(appointments::notice_proof.ne(bind(proof))))
        .set((
            appointments::notice_proof.eq(bind(proof)),
            appointments::version.eq(appointments::version + 1),
            appointments::updated_at.eq(bind(now)),
        ))
        .execute(*c))?;
    Ok(())
}
