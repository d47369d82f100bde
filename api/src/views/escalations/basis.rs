//! What an escalation rests on as JSON.

use casework::notice::Evidence;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentId, AppointmentStatus, MissLabel, NoProof, NoticeProof, StaffId, cadence::Why,
};
use serde::Serialize;
use storage::appointments::Appointment;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ContactView;
use crate::views::{
    excuses::ExcuseView,
    messages::MessageView,
    notice::{self, NoticeView},
    test_records::TestRecordView,
};

/// One item of a basis.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct BasisView {
    /// What it is: `appointment`, `test_record` or `case`.
    #[schema(example = "appointment")]
    pub object_kind: String,
    /// Its id.
    pub object_id: Uuid,
    /// UTC.
    pub joined_at: DateTime<Utc>,
    /// When it left the basis (excused, relabelled); UTC.
    pub removed_at: Option<DateTime<Utc>>,
    /// The missed appointment, for `missed_tests`.
    pub appointment: Option<BasisAppointment>,
    /// The test, for `positive_test`.
    pub test_record: Option<TestRecordView>,
    /// The report-in, for `overdue_report_in`.
    pub report_in: Option<BasisReportIn>,
}

/// A missed appointment with what shows whether the client was told, and what was said since.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct BasisAppointment {
    /// UUIDv7.
    pub id: AppointmentId,
    /// Its place in the case's plan, from 1.
    pub sequence: i32,
    /// Local date.
    pub opens_on: NaiveDate,
    /// Last day by the cadence alone; local date.
    pub nominal_on: NaiveDate,
    /// Last day; local date.
    pub due_on: NaiveDate,
    /// Last day on which a late test counted; local date.
    pub grace_ends_on: NaiveDate,
    /// First instant after the window; UTC.
    pub closes_at: DateTime<Utc>,
    /// Why it had these dates.
    #[schema(value_type = Why)]
    pub why: serde_json::Value,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// When the miss was established; UTC.
    pub missed_at: Option<DateTime<Utc>>,
    /// What a person called it.
    pub label: Option<MissLabel>,
    /// Who.
    pub labelled_by: Option<StaffId>,
    /// UTC.
    pub labelled_at: Option<DateTime<Utc>>,
    /// Whether it is shown that the client was told.
    pub notice_proof: NoticeProof,
    /// What showed it first; `null` where nothing on file does.
    pub notice: Option<NoticeView>,
    /// Why what arrived shows nothing, where nothing shows it.
    pub unproven_because: Vec<NoProof>,
    /// When the client said that they know of this day, which shows it too; UTC.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Every reminder with its attempts, texts and receipts.
    pub reminders: Vec<MessageView>,
    /// Calls, contacts and talks about it.
    pub contacts: Vec<ContactView>,
    /// Excuses for it and their decisions.
    pub excuses: Vec<ExcuseView>,
}

/// A report-in that was due.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct BasisReportIn {
    /// The day the decision was received; local date.
    pub received_on: NaiveDate,
    /// Last day; local date.
    pub due_on: NaiveDate,
    /// Why that day.
    #[schema(value_type = Object)]
    pub why: serde_json::Value,
    /// The day of the report-in, if it came after all; local date.
    pub reported_in_on: Option<NaiveDate>,
    /// What showed first, in time, that the client was reminded of the day; `null` where nothing on
    /// file does. The paper itself was received on `received_on`.
    pub notice: Option<NoticeView>,
    /// Why what arrived shows nothing, where nothing shows it.
    pub unproven_because: Vec<NoProof>,
    /// Every reminder with its attempts, texts and receipts.
    pub reminders: Vec<MessageView>,
    /// Calls and contacts about it.
    pub contacts: Vec<ContactView>,
}

impl BasisAppointment {
    /// An appointment with what belongs to it.
    pub fn new(
        item: Appointment,
        evidence: &Evidence,
        confirmed_at: Option<DateTime<Utc>>,
        reminders: Vec<MessageView>,
        contacts: Vec<ContactView>,
        excuses: Vec<ExcuseView>,
    ) -> Self {
        let (notice, unproven_because) = notice::shown(&item, evidence);
        Self {
            id: item.id,
            sequence: item.sequence,
            opens_on: item.opens_on,
            nominal_on: item.nominal_on,
            due_on: item.due_on,
            grace_ends_on: item.grace_ends_on,
            closes_at: item.closes_at,
            why: item.why,
            status: item.status,
            missed_at: item.missed_at,
            label: item.label,
            labelled_by: item.labelled_by,
            labelled_at: item.labelled_at,
            notice_proof: item.notice_proof,
            notice,
            unproven_because,
            confirmed_at,
            reminders,
            contacts,
            excuses,
        }
    }
}
