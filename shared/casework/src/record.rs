//! The audit trail: who did what to which object.

use storage::audit_log::{self, NewEntry};

use crate::work::{Work, WorkError};

pub use domain::audit::AuditOutcome;

/// Appends one entry to the agency's trail. `action` is the operation id of the API or the name of
/// the job; `reason` is a code, never free text.
pub fn audit(
    work: &mut Work<'_, '_>,
    action: &str,
    object_kind: &str,
    object_id: Option<String>,
    outcome: AuditOutcome,
    reason: Option<&str>,
) -> Result<(), WorkError> {
    let entry = NewEntry {
        at: work.now,
        actor_kind: work.actor.kind,
        actor_id: work.actor.id,
        action,
        object_kind,
        object_id,
        outcome,
        reason,
        request_id: work.request.id.as_deref(),
        address: work.request.address.as_deref(),
    };
    audit_log::append(work.tx, work.agency, &entry)?;
    Ok(())
}
