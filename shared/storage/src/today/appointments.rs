//! Appointments that are near, overdue or missed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, AppointmentId, AppointmentStatus, CaseId, ClientId, MissLabel, NoticeProof,
};

use super::ClientName;
use crate::{
    error::StorageError,
    schema::{appointments, clients},
    scope::{Scope, within},
    store::Tx,
    types::bind,
    with_conn,
};

/// An appointment that is near, overdue or missed.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct DueAppointment {
    /// Its id.
    pub id: AppointmentId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: ClientName,
    /// Last day of the window, in the office's time zone.
    pub due_on: NaiveDate,
    /// First instant after the window.
    pub closes_at: DateTime<Utc>,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Whether it is shown that the client was told.
    pub notice_proof: NoticeProof,
    /// What a person called the miss.
    pub label: Option<MissLabel>,
}

type AppointmentColumns = (
    AppointmentId,
    CaseId,
    ClientId,
    Vec<u8>,
    NaiveDate,
    DateTime<Utc>,
    AppointmentStatus,
    NoticeProof,
    Option<MissLabel>,
);

/// What [`appointments()`] looks at.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// Nothing due before this date is looked at: it bounds the index range.
    pub due_from: NaiveDate,
    /// Windows that close before this instant.
    pub closes_before: DateTime<Utc>,
    /// Misses established at or after this instant.
    pub missed_since: DateTime<Utc>,
}

/// Unmet appointments whose windows close soon or have closed, and recent misses; the earliest due
/// first.
pub fn appointments(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    span: Span,
    limit: i64,
) -> Result<Vec<DueAppointment>, StorageError> {
    let unmet = [
        AppointmentStatus::Scheduled,
        AppointmentStatus::Open,
        AppointmentStatus::Overdue,
    ];
    let rows: Vec<AppointmentColumns> = with_conn!(tx, c => within!(
        appointments::table
            .inner_join(clients::table.on(clients::agency_id
                .eq(appointments::agency_id)
                .and(clients::id.eq(appointments::client_id))))
            .filter(appointments::agency_id.eq(bind(agency)))
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(appointments::due_on.ge(span.due_from))
            // The date bounds the index range; the instant decides.
            .filter(appointments::due_on.le(span.closes_before.date_naive()))
            .filter(appointments::closes_at.lt(bind(span.closes_before)))
            .filter(appointments::status.eq_any(unmet.map(bind)).or(
                appointments::status.eq(bind(AppointmentStatus::Missed))
                    .and(appointments::missed_at.assume_not_null().ge(bind(span.missed_since))),
            ))
            .order((appointments::due_on, appointments::id))
            .limit(limit)
            .select((
                appointments::id,
                appointments::case_id,
                appointments::client_id,
                clients::name_sealed,
                appointments::due_on,
                appointments::closes_at,
                appointments::status,
                appointments::notice_proof,
                appointments::label,
            ))
            .into_boxed(),
        appointments, scope)
    .load(*c))?;
    Ok(rows
        .into_iter()
        .map(
            |(id, case_id, client, sealed, due_on, closes_at, status, notice_proof, label)| {
                DueAppointment {
                    id,
                    case_id,
                    client_id: client,
                    client_name: ClientName { client, sealed },
                    due_on,
                    closes_at,
                    status,
                    notice_proof,
                    label,
                }
            },
        )
        .collect())
}
