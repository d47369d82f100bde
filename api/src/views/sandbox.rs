//! The sandbox as JSON.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{AttemptId, MessageId, MessageKind};
use gateways::recording::Recorded;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::sandbox::Walk;

/// Where the sandbox's clock stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SandboxClockView {
    /// UTC.
    pub now: DateTime<Utc>,
}

/// Where the clock is to go: one of the two.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveSandboxClock {
    /// By how much: an ISO 8601 duration of whole numbers.
    #[schema(example = "P30D")]
    pub advance: Option<String>,
    /// Or until when (UTC).
    #[schema(example = json!(null))]
    pub to: Option<DateTime<Utc>>,
}

/// What happened while the clock moved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SandboxWalkView {
    /// Where the clock stood (UTC).
    pub from: DateTime<Utc>,
    /// Where it stands now (UTC).
    pub to: DateTime<Utc>,
    /// Whether that is where it was to go; if not, ask again.
    pub arrived: bool,
    /// Instants at which the jobs were run.
    #[schema(example = 42)]
    pub stops: usize,
    /// What the jobs did. Those that did nothing are left out.
    pub jobs: Vec<SandboxJobView>,
}

/// What a job did while the clock moved.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SandboxJobView {
    /// The job's name.
    #[schema(example = "remind")]
    pub job: &'static str,
    /// Rows it acted on.
    #[schema(example = 8)]
    pub acted_on: usize,
}

impl From<Walk> for SandboxWalkView {
    fn from(walk: Walk) -> Self {
        Self {
            from: walk.from,
            to: walk.to,
            arrived: walk.arrived,
            stops: walk.stops,
            jobs: walk
                .jobs
                .into_iter()
                .filter(|(_, acted_on)| *acted_on > 0)
                .map(|(job, acted_on)| SandboxJobView { job, acted_on })
                .collect(),
        }
    }
}

/// A message that would have gone out.
#[derive(Clone, Serialize, ToSchema)]
pub struct SandboxMessageView {
    /// When it was handed over, in the sandbox's time (UTC).
    pub at: DateTime<Utc>,
    /// To which number.
    #[schema(example = "+8613800138000")]
    pub recipient: String,
    /// The whole text.
    #[schema(example = "【城东服务站】王先生您好,您预约的服务请于10月9日17:00前到站办理。")]
    pub text: String,
    /// What it is about.
    pub kind: MessageKind,
    /// The message.
    pub message_id: MessageId,
    /// The attempt at it.
    pub attempt_id: AttemptId,
}

/// Shows neither number nor text.
impl fmt::Debug for SandboxMessageView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxMessageView")
            .field("at", &self.at)
            .field("kind", &self.kind)
            .field("message_id", &self.message_id)
            .field("attempt_id", &self.attempt_id)
            .finish_non_exhaustive()
    }
}

impl From<Recorded> for SandboxMessageView {
    fn from(message: Recorded) -> Self {
        Self {
            at: message.at,
            recipient: message.recipient,
            text: message.text,
            kind: message.kind,
            message_id: message.message_id,
            attempt_id: message.attempt_id,
        }
    }
}
