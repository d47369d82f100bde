//! What messages about appointments depend on, without the rest of the row.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, AppointmentStatus, CaseId, MissLabel, NoticeProof};

use super::Appointment;
use crate::{error::StorageError, schema::appointments, store::Tx, types::bind, with_conn};

/// Where an appointment stands, and until when.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = appointments)]
pub struct Standing {
    /// Its id.
    pub id: AppointmentId,
    /// Last day of the window, in the office's time zone.
    pub due_on: NaiveDate,
    /// First instant after the window.
    pub closes_at: DateTime<Utc>,
    /// First instant after the grace days.
    pub grace_ends_at: DateTime<Utc>,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Whether it is shown that the client was told.
    pub notice_proof: NoticeProof,
    /// Until when texts about it went to a number that may not be the client's.
    pub number_doubted_at: Option<DateTime<Utc>>,
}

impl From<&Appointment> for Standing {
    fn from(item: &Appointment) -> Self {
        Self {
            id: item.id,
            due_on: item.due_on,
            closes_at: item.closes_at,
            grace_ends_at: item.grace_ends_at,
            status: item.status,
            notice_proof: item.notice_proof,
            number_doubted_at: item.number_doubted_at,
        }
    }
}

/// Where the appointments with these ids stand, in no particular order.
pub fn standings(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[AppointmentId],
) -> Result<Vec<Standing>, StorageError> {
    Ok(with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .select(Standing::as_select())
        .load(*c))?)
}

/// The missed appointments of a case with what people called the misses, in the order of its plan.
pub fn missed_of_case(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    case: CaseId,
) -> Result<Vec<(AppointmentId, Option<MissLabel>)>, StorageError> {
    Ok(with_conn!(tx, c => appointments::table
        .filter(appointments::agency_id.eq(bind(agency)))
        .filter(appointments::case_id.eq(bind(case)))
        .filter(appointments::status.eq(bind(AppointmentStatus::Missed)))
        .order((appointments::kind, appointments::sequence, appointments::generation))
        .select((appointments::id, appointments::label))
        .load(*c))?)
}
