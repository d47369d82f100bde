//! Tasks as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentId, CaseId, ClientId, EscalationId, MessageId, OfficeId, StaffId, TaskId, TaskKind,
    TaskOutcome, TaskStatus,
};
use serde::{Deserialize, Serialize};
use storage::{replies::Reply, tasks::Task};
use utoipa::{IntoParams, ToSchema};

use super::replies::ReplyView;

/// What came of a task.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct CompleteTask {
    /// `reached` and `not_reached` go with tasks about a client; to have reached the client of an
    /// appointment proves notice.
    pub outcome: TaskOutcome,
    /// Free text, at most 2,000 characters.
    #[serde(default)]
    #[schema(example = "电话联系，答应本周到站")]
    pub note: Option<String>,
}

/// Something a person has to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskView {
    /// UUIDv7.
    pub id: TaskId,
    /// What is to be done.
    pub kind: TaskKind,
    /// Where it stands.
    pub status: TaskStatus,
    /// Last day, in the office's time zone.
    pub due_on: NaiveDate,
    /// The office it belongs to.
    pub office_id: OfficeId,
    /// Who is to do it; `null`: any supervisor of the office.
    pub assignee_id: Option<StaffId>,
    /// The client it is about.
    pub client_id: Option<ClientId>,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The appointment it is about.
    pub appointment_id: Option<AppointmentId>,
    /// The escalation it is about.
    pub escalation_id: Option<EscalationId>,
    /// The message it stands in for.
    pub message_id: Option<MessageId>,
    /// What came of it.
    pub outcome: Option<TaskOutcome>,
    /// When it was done or cancelled; UTC.
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub closed_by: Option<StaffId>,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// Counts changes, from 1; also the `ETag`.
    pub version: i64,
}

impl From<&Task> for TaskView {
    fn from(task: &Task) -> Self {
        Self {
            id: task.id,
            kind: task.kind,
            status: task.status,
            due_on: task.due_on,
            office_id: task.office_id,
            assignee_id: task.assignee_id,
            client_id: task.client_id,
            case_id: task.case_id,
            appointment_id: task.appointment_id,
            escalation_id: task.escalation_id,
            message_id: task.message_id,
            outcome: task.outcome,
            closed_at: task.closed_at,
            closed_by: task.closed_by,
            created_at: task.created_at,
            version: task.version,
        }
    }
}

/// A task with what was written.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct TaskFile {
    #[serde(flatten)]
    pub task: TaskView,
    /// The client's own words where a client asked for it, and what staff noted.
    pub note: Option<String>,
    /// What somebody answered to a message, where the task is to read it.
    pub reply: Option<ReplyView>,
}

impl TaskFile {
    /// A task, with the answer that it shows.
    pub fn new(task: Task, reply: Option<Reply>) -> Self {
        Self {
            task: TaskView::from(&task),
            note: task.note,
            reply: reply.map(|reply| ReplyView::new(reply, true)),
        }
    }
}

/// What a list of tasks is narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListTasks {
    /// Of this person.
    pub assignee_id: Option<StaffId>,
    /// In this status.
    #[param(inline)]
    pub status: Option<TaskStatus>,
    /// About this case.
    pub case_id: Option<CaseId>,
    /// Due on or before this date.
    pub due_to: Option<NaiveDate>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
