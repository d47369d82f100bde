//! The day of a caseworker or supervisor as JSON. Names are masked.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentId, AppointmentStatus, CaseId, ClientId, EscalationId, EscalationKind,
    EscalationStatus, ExcuseId, ExcuseStatus, MissLabel, NoticeProof, TaskId, TaskKind,
    contact::mask_name,
};
use serde::Serialize;
use storage::{Sealer, StorageError, today};
use utoipa::ToSchema;

/// What waits today: a caseworker's own cases, a supervisor's office.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayView {
    /// The instant of this answer; UTC.
    pub as_of: DateTime<Utc>,
    /// Unmet appointments whose windows close within the next 7 days.
    pub due: Section<TodayAppointment>,
    /// Windows that have closed; the grace days run.
    pub overdue: Section<TodayAppointment>,
    /// Misses established in the last 7 days.
    pub new_misses: Section<TodayAppointment>,
    /// Excuses that wait for evidence or a decision.
    pub excuses: Section<TodayExcuse>,
    /// Escalations under way.
    pub escalations: Section<TodayEscalation>,
    /// Open tasks, the earliest due first.
    pub tasks: Section<TodayTask>,
}

/// One part of the day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Section<T> {
    /// How many there are; counting stops where `more` is true.
    pub count: usize,
    /// Whether there are more than were counted.
    pub more: bool,
    /// The first 20.
    pub items: Vec<T>,
}

/// An appointment in the day.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayAppointment {
    /// UUIDv7.
    pub id: AppointmentId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's name, masked.
    #[schema(example = "王*")]
    pub client_name: String,
    /// Last day of the window, in the office's time zone.
    pub due_on: NaiveDate,
    /// First instant after the window; UTC.
    pub closes_at: DateTime<Utc>,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Whether it is shown that the client was told.
    pub notice_proof: NoticeProof,
    /// What a person called the miss.
    pub label: Option<MissLabel>,
}

/// An undecided excuse in the day.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayExcuse {
    /// UUIDv7.
    pub id: ExcuseId,
    /// The appointment it is for.
    pub appointment_id: AppointmentId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's name, masked.
    #[schema(example = "王*")]
    pub client_name: String,
    /// One of the rule pack's codes.
    #[schema(example = "illness")]
    pub reason_code: String,
    /// Whether evidence is still to come.
    pub status: ExcuseStatus,
    /// Last day for evidence.
    pub evidence_due_on: Option<NaiveDate>,
}

/// An escalation in the day.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayEscalation {
    /// UUIDv7.
    pub id: EscalationId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's name, masked.
    #[schema(example = "王*")]
    pub client_name: String,
    /// Why it was opened.
    pub kind: EscalationKind,
    /// Where it stands.
    pub status: EscalationStatus,
    /// How many items its basis has.
    pub count: i32,
    /// When it was opened; UTC.
    pub opened_at: DateTime<Utc>,
}

/// A task in the day.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayTask {
    /// UUIDv7.
    pub id: TaskId,
    /// What is to be done.
    pub kind: TaskKind,
    /// Last day, in the office's time zone.
    pub due_on: NaiveDate,
    /// The client it is about.
    pub client_id: Option<ClientId>,
    /// The client's name, masked.
    #[schema(example = "王*")]
    pub client_name: Option<String>,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The appointment it is about.
    pub appointment_id: Option<AppointmentId>,
    /// The escalation it is about.
    pub escalation_id: Option<EscalationId>,
}

/// Something that is shown of a row, with the client's name.
pub trait Shown: Sized {
    /// Whose.
    type Row;
    /// # Errors
    /// When the name cannot be opened.
    fn of(row: Self::Row, sealer: &Sealer) -> Result<Self, StorageError>;
}

fn masked(name: &today::ClientName, sealer: &Sealer) -> Result<String, StorageError> {
    Ok(mask_name(&name.open(sealer)?))
}

impl Shown for TodayAppointment {
    type Row = today::DueAppointment;
    fn of(row: Self::Row, sealer: &Sealer) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.id,
            case_id: row.case_id,
            client_id: row.client_id,
            client_name: masked(&row.client_name, sealer)?,
            due_on: row.due_on,
            closes_at: row.closes_at,
            status: row.status,
            notice_proof: row.notice_proof,
            label: row.label,
        })
    }
}

impl Shown for TodayExcuse {
    type Row = today::WaitingExcuse;
    fn of(row: Self::Row, sealer: &Sealer) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.id,
            appointment_id: row.appointment_id,
            case_id: row.case_id,
            client_id: row.client_id,
            client_name: masked(&row.client_name, sealer)?,
            reason_code: row.reason_code,
            status: row.status,
            evidence_due_on: row.evidence_due_on,
        })
    }
}

impl Shown for TodayEscalation {
    type Row = today::OpenEscalation;
    fn of(row: Self::Row, sealer: &Sealer) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.id,
            case_id: row.case_id,
            client_id: row.client_id,
            client_name: masked(&row.client_name, sealer)?,
            kind: row.kind,
            status: row.status,
            count: row.count,
            opened_at: row.opened_at,
        })
    }
}

impl Shown for TodayTask {
    type Row = today::OpenTask;
    fn of(row: Self::Row, sealer: &Sealer) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            due_on: row.due_on,
            client_id: row.client_id,
            client_name: row
                .client_name
                .map(|name| masked(&name, sealer))
                .transpose()?,
            case_id: row.case_id,
            appointment_id: row.appointment_id,
            escalation_id: row.escalation_id,
        })
    }
}
