//! Appointments: dated obligations with their windows.

mod due;
mod list;
mod near;
mod standing;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, AppointmentId, AppointmentKind, AppointmentStatus, CaseId, ClientId, MissLabel,
    NoticeProof, OfficeId, StaffId,
};

pub use self::{
    due::{
        due_for_change, due_for_reminder, ids_due_for_change, mark_notice, mark_opened,
        mark_overdue, next_due, set_next_reminder,
    },
    list::{Filter, Position, list},
    near::count_near,
    standing::{Standing, missed_of_case, standings},
};
use crate::{
    error::StorageError,
    page::page,
    prepared::execute_prepared,
    schema::appointments,
    scope::{Scope, within},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One dated obligation.
    #[derive(PartialEq)]
    pub struct Appointment, AppointmentValues in appointments {
        agency_id: AgencyId,
        id: AppointmentId,
        case_id: CaseId,
        client_id: ClientId,
        office_id: OfficeId,
        caseworker_id: StaffId,
        kind: AppointmentKind,
        /// 1-based place in the case's plan.
        sequence: i32,
        /// 0 for the planned item, 1 for its first make-up, and so on.
        generation: i32,
        /// The item this one makes up for.
        replaces_id: Option<AppointmentId>,
        opens_on: NaiveDate,
        nominal_on: NaiveDate,
        due_on: NaiveDate,
        grace_ends_on: NaiveDate,
        opens_at: DateTime<Utc>,
        closes_at: DateTime<Utc>,
        grace_ends_at: DateTime<Utc>,
        status: AppointmentStatus,
        late: bool,
        provisional: bool,
        /// Whether a reminder was planned: from then on its dates stay.
        notified: bool,
        why: serde_json::Value,
        notice_proof: NoticeProof,
        /// Since when it was no longer certain that the number before is the client's: what was
        /// texted until then proves nothing.
        number_doubted_at: Option<DateTime<Utc>>,
        label: Option<MissLabel>,
        labelled_by: Option<StaffId>,
        labelled_at: Option<DateTime<Utc>>,
        missed_at: Option<DateTime<Utc>>,
        /// When its status changes by itself next; none = never.
        next_change_at: Option<DateTime<Utc>>,
        /// When its next reminder is to be planned; none = never.
        next_remind_at: Option<DateTime<Utc>>,
        version: i64,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

/// Stores new appointments.
pub fn insert_many(tx: &mut Tx<'_>, items: &[Appointment]) -> Result<(), StorageError> {
    // SQLite allows 32,766 bound values per statement.
    for batch in items.chunks(200) {
        let values: Vec<_> = batch.iter().map(Appointment::values).collect();
        with_conn!(tx, c => diesel::insert_into(appointments::table).values(values).execute(*c))?;
    }
    Ok(())
}

/// Replaces an appointment if its stored version is still `expected`; answers whether it was.
pub fn save(tx: &mut Tx<'_>, item: &Appointment, expected: i64) -> Result<bool, StorageError> {
    let changed = with_conn!(tx, c => execute_prepared!(*c, appointments, diesel::update(appointments::table
            .filter(appointments::agency_id.eq(bind(item.agency_id)))
            .filter(appointments::id.eq(bind(item.id)))
            .filter(appointments::version.eq(expected)))
        .set(item.values())))?;
    Ok(changed == 1)
}

/// One appointment the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: AppointmentId,
) -> Result<Option<Appointment>, StorageError> {
    Ok(with_conn!(tx, c => within!(
        appointments::table
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(appointments::id.eq(bind(id)))
            .select(Appointment::as_select())
            .into_boxed(),
        appointments, scope)
    .first(*c)
    .optional())?)
}

/// The appointments with these ids, in no particular order.
pub fn get_many(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[AppointmentId],
) -> Result<Vec<Appointment>, StorageError> {
    Ok(with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .select(Appointment::as_select())
        .load(*c))?)
}

/// All appointments of a case in the order of its plan (a few dozen at most).
pub fn of_case(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    case: CaseId,
) -> Result<Vec<Appointment>, StorageError> {
    Ok(with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::case_id.eq(bind(case)))
        .order((appointments::kind, appointments::sequence, appointments::generation))
        .select(Appointment::as_select())
        .load(*c))?)
}

/// The appointments of a case whose window or grace days hold an instant, and `named` wherever it
/// lies; in no particular order.
pub fn holding(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    case: CaseId,
    at: DateTime<Utc>,
    named: Option<AppointmentId>,
) -> Result<Vec<Appointment>, StorageError> {
    Ok(with_conn!(tx, c => {
        let held = appointments::opens_at.le(bind(at)).and(appointments::grace_ends_at.gt(bind(at)));
        let query = appointments::table
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(appointments::case_id.eq(bind(case)))
            .select(Appointment::as_select())
            .into_boxed();
        match named {
            Some(named) => query.filter(held.or(appointments::id.eq(bind(named)))).load(*c),
            None => query.filter(held).load(*c),
        }
    })?)
}

/// The appointments of an agency whose dates are provisional, in no particular order, after `after`.
pub fn provisional(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    after: Option<AppointmentId>,
    limit: i64,
) -> Result<Vec<Appointment>, StorageError> {
    Ok(with_conn!(tx, c => {
        let query = appointments::table
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(appointments::provisional)
            .select(Appointment::as_select())
            .into_boxed();
        page!(query, appointments, after, limit).load(*c)
    })?)
}
