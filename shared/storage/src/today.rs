//! What a caseworker or supervisor has to see today: narrow rows, by index, bounded.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, AppointmentId, AppointmentStatus, CaseId, ClientId, EscalationId, EscalationKind,
    EscalationStatus, ExcuseId, ExcuseStatus, MissLabel, NoticeProof, TaskId, TaskKind, TaskStatus,
};

use crate::{
    error::StorageError,
    schema::{appointments, cases, clients, escalations, excuses, tasks},
    scope::{Scope, narrowed, within},
    sealed::{Place, Sealer},
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
    /// The client's full name: mask it in lists.
    pub client_name: String,
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
    let sealer = tx.sealer();
    rows.into_iter()
        .map(
            |(id, case_id, client_id, name, due_on, closes_at, status, notice_proof, label)| {
                let client_name = name_of(sealer, client_id, &name)?;
                Ok(DueAppointment {
                    id,
                    case_id,
                    client_id,
                    client_name,
                    due_on,
                    closes_at,
                    status,
                    notice_proof,
                    label,
                })
            },
        )
        .collect()
}

/// An undecided excuse.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct WaitingExcuse {
    /// Its id.
    pub id: ExcuseId,
    /// The appointment it is for.
    pub appointment_id: AppointmentId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's full name: mask it in lists.
    pub client_name: String,
    /// One of the rule pack's codes.
    pub reason_code: String,
    /// Whether evidence is still to come.
    pub status: ExcuseStatus,
    /// Last day for evidence.
    pub evidence_due_on: Option<NaiveDate>,
}

type ExcuseColumns = (
    ExcuseId,
    AppointmentId,
    CaseId,
    ClientId,
    Vec<u8>,
    String,
    ExcuseStatus,
    Option<NaiveDate>,
);

/// Undecided excuses, in the order they were requested.
pub fn excuses(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    limit: i64,
) -> Result<Vec<WaitingExcuse>, StorageError> {
    let rows: Vec<ExcuseColumns> = with_conn!(tx, c => within!(
        excuses::table
            .inner_join(cases::table.on(cases::agency_id
                .eq(excuses::agency_id)
                .and(cases::id.eq(excuses::case_id))))
            .inner_join(clients::table.on(clients::agency_id
                .eq(excuses::agency_id)
                .and(clients::id.eq(cases::client_id))))
            .filter(excuses::agency_id.eq(bind(agency)))
            .filter(cases::agency_id.eq(bind(agency)))
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(excuses::status.eq_any([
                bind(ExcuseStatus::Requested),
                bind(ExcuseStatus::AwaitingEvidence),
            ]))
            .order(excuses::id)
            .limit(limit)
            .select((
                excuses::id,
                excuses::appointment_id,
                excuses::case_id,
                cases::client_id,
                clients::name_sealed,
                excuses::reason_code,
                excuses::status,
                excuses::evidence_due_on,
            ))
            .into_boxed(),
        cases, scope)
    .load(*c))?;
    let sealer = tx.sealer();
    rows.into_iter()
        .map(
            |(id, appointment_id, case_id, client_id, name, reason_code, status, evidence)| {
                let client_name = name_of(sealer, client_id, &name)?;
                Ok(WaitingExcuse {
                    id,
                    appointment_id,
                    case_id,
                    client_id,
                    client_name,
                    reason_code,
                    status,
                    evidence_due_on: evidence,
                })
            },
        )
        .collect()
}

/// An escalation under way.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct OpenEscalation {
    /// Its id.
    pub id: EscalationId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's full name: mask it in lists.
    pub client_name: String,
    /// Why it was opened.
    pub kind: EscalationKind,
    /// Where it stands.
    pub status: EscalationStatus,
    /// How many items its basis has.
    pub count: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

type EscalationColumns = (
    EscalationId,
    CaseId,
    ClientId,
    Vec<u8>,
    EscalationKind,
    EscalationStatus,
    i32,
    DateTime<Utc>,
);

/// Escalations under way, in the order they were opened.
pub fn escalations(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    limit: i64,
) -> Result<Vec<OpenEscalation>, StorageError> {
    let rows: Vec<EscalationColumns> = with_conn!(tx, c => within!(
        escalations::table
            .inner_join(clients::table.on(clients::agency_id
                .eq(escalations::agency_id)
                .and(clients::id.eq(escalations::client_id))))
            .filter(escalations::agency_id.eq(bind(agency)))
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(escalations::status.eq_any([
                bind(EscalationStatus::Open),
                bind(EscalationStatus::InReview),
                bind(EscalationStatus::SignedOff),
                bind(EscalationStatus::Referred),
            ]))
            .order(escalations::id)
            .limit(limit)
            .select((
                escalations::id,
                escalations::case_id,
                escalations::client_id,
                clients::name_sealed,
                escalations::kind,
                escalations::status,
                escalations::count,
                escalations::opened_at,
            ))
            .into_boxed(),
        escalations, scope)
    .load(*c))?;
    let sealer = tx.sealer();
    rows.into_iter()
        .map(
            |(id, case_id, client_id, name, kind, status, count, opened_at)| {
                let client_name = name_of(sealer, client_id, &name)?;
                Ok(OpenEscalation {
                    id,
                    case_id,
                    client_id,
                    client_name,
                    kind,
                    status,
                    count,
                    opened_at,
                })
            },
        )
        .collect()
}

/// An open task.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct OpenTask {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub kind: TaskKind,
    /// Last day, in the office's time zone.
    pub due_on: NaiveDate,
    /// The client it is about.
    pub client_id: Option<ClientId>,
    /// The client's full name: mask it in lists.
    pub client_name: Option<String>,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The appointment it is about.
    pub appointment_id: Option<AppointmentId>,
    /// The escalation it is about.
    pub escalation_id: Option<EscalationId>,
}

type TaskColumns = (
    TaskId,
    TaskKind,
    NaiveDate,
    Option<ClientId>,
    Option<Vec<u8>>,
    Option<CaseId>,
    Option<AppointmentId>,
    Option<EscalationId>,
);

/// Open tasks, the earliest due first: a caseworker's own, or all of an office.
pub fn tasks(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    limit: i64,
) -> Result<Vec<OpenTask>, StorageError> {
    let rows: Vec<TaskColumns> = with_conn!(tx, c => {
        let query = tasks::table
            .left_join(clients::table.on(clients::agency_id
                .eq(tasks::agency_id)
                .and(clients::agency_id.eq(bind(agency)))
                .and(clients::id.nullable().eq(tasks::client_id))))
            .filter(tasks::agency_id.eq(bind(agency)))
            .filter(tasks::status.eq(bind(TaskStatus::Open)))
            .order((tasks::due_on, tasks::id))
            .limit(limit)
            .select((
                tasks::id,
                tasks::kind,
                tasks::due_on,
                tasks::client_id,
                clients::name_sealed.nullable(),
                tasks::case_id,
                tasks::appointment_id,
                tasks::escalation_id,
            ))
            .into_boxed();
        narrowed!(query, tasks::office_id, tasks::assignee_id, scope, Some).load(*c)
    })?;
    let sealer = tx.sealer();
    rows.into_iter()
        .map(
            |(id, kind, due_on, client_id, name, case_id, appointment_id, escalation_id)| {
                let client_name = match (client_id, name) {
                    (Some(client), Some(name)) => Some(name_of(sealer, client, &name)?),
                    _ => None,
                };
                Ok(OpenTask {
                    id,
                    kind,
                    due_on,
                    client_id,
                    client_name,
                    case_id,
                    appointment_id,
                    escalation_id,
                })
            },
        )
        .collect()
}

fn name_of(sealer: &Sealer, client: ClientId, name: &[u8]) -> Result<String, StorageError> {
    sealer.open(Place::new("clients.name", client), name)
}
