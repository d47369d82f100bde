//! The audit trail as JSON.

use chrono::{DateTime, Utc};
use domain::{ActorKind, audit::AuditOutcome};
use serde::{Deserialize, Serialize};
use storage::audit_log::{AuditEntry, Filter};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// One entry of the trail: who did what to which object. Holds identifiers and codes only.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// Position in the agency's trail, from 1 and without gaps.
    #[schema(example = 1042)]
    pub seq: i64,
    /// UTC.
    pub at: DateTime<Utc>,
    /// Kind of actor.
    pub actor_kind: ActorKind,
    /// Which actor.
    pub actor_id: Option<Uuid>,
    /// The operation, or the job.
    #[schema(example = "create_office")]
    pub action: String,
    /// Kind of the object.
    #[schema(example = "office")]
    pub object_kind: String,
    /// Which object.
    pub object_id: Option<String>,
    /// `done` or `refused`.
    #[schema(example = "done")]
    pub outcome: String,
    /// The code of a reason.
    #[schema(example = "not_found")]
    pub reason: Option<String>,
    /// `X-Request-Id` of the request.
    pub request_id: Option<String>,
    /// Network address it came from.
    #[schema(example = "192.0.2.7")]
    pub address: Option<String>,
    /// Hash of the entry before, hexadecimal.
    pub previous_hash: String,
    /// Hash of this entry and, through it, of all before it (SHA-256, hexadecimal).
    pub hash: String,
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id.map(storage::AnyId::uuid),
            action: entry.action,
            object_kind: entry.object_kind,
            object_id: entry.object_id,
            outcome: entry.outcome,
            reason: entry.reason,
            request_id: entry.request_id,
            address: entry.address,
            previous_hash: hex(&entry.previous_hash),
            hash: hex(&entry.hash),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xF])
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .collect()
}

/// Which entries to list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only by this actor.
    pub actor_id: Option<Uuid>,
    /// Only this operation or job.
    #[param(example = "create_office")]
    pub action: Option<String>,
    /// Only on this object.
    pub object_id: Option<String>,
    /// Only with this outcome.
    #[param(inline)]
    pub outcome: Option<AuditOutcome>,
    /// Only at or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Only before this instant.
    pub to: Option<DateTime<Utc>>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl AuditQuery {
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            actor_id: self.actor_id,
            action: self.action.clone(),
            object_id: self.object_id.clone(),
            outcome: self.outcome,
            from: self.from,
            to: self.to,
        }
    }
}

/// Which entries to export.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// Only by this actor.
    pub actor_id: Option<Uuid>,
    /// Only this operation or job.
    #[param(example = "create_office")]
    pub action: Option<String>,
    /// Only on this object.
    pub object_id: Option<String>,
    /// Only with this outcome.
    #[param(inline)]
    pub outcome: Option<AuditOutcome>,
    /// Only at or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Only before this instant.
    pub to: Option<DateTime<Utc>>,
}

impl From<ExportQuery> for Filter {
    fn from(asked: ExportQuery) -> Self {
        Self {
            actor_id: asked.actor_id,
            action: asked.action,
            object_id: asked.object_id,
            outcome: asked.outcome,
            from: asked.from,
            to: asked.to,
        }
    }
}
