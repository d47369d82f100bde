//! The audit trail: who did what to which object.

use std::fmt::Display;

use chrono::{DateTime, Utc};
use storage::audit_log::{self, NewEntry};

use crate::work::{Actor, Request, Work, WorkError};

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
    let Work {
        tx,
        agency,
        now,
        actor,
        request,
        ..
    } = work;
    let entry = entry(
        (*now, *actor, request),
        action,
        object_kind,
        object_id,
        outcome,
        reason,
    );
    audit_log::append(tx, *agency, &entry)?;
    Ok(())
}

/// Appends one entry per object, in the order given: the same was done to each.
pub fn audit_each<I: Display>(
    work: &mut Work<'_, '_>,
    action: &str,
    object_kind: &str,
    objects: &[I],
) -> Result<(), WorkError> {
    let Work {
        tx,
        agency,
        now,
        actor,
        request,
        ..
    } = work;
    let done = AuditOutcome::Done;
    let entries: Vec<_> = objects
        .iter()
        .map(|id| {
            entry(
                (*now, *actor, request),
                action,
                object_kind,
                Some(id.to_string()),
                done,
                None,
            )
        })
        .collect();
    audit_log::append_many(tx, *agency, &entries)?;
    Ok(())
}

fn entry<'a>(
    (at, actor, request): (DateTime<Utc>, Actor, &'a Request),
    action: &'a str,
    object_kind: &'a str,
    object_id: Option<String>,
    outcome: AuditOutcome,
    reason: Option<&'a str>,
) -> NewEntry<'a> {
    NewEntry {
        at,
        actor_kind: actor.kind,
        actor_id: actor.id,
        action,
        object_kind,
        object_id,
        outcome,
        reason,
        request_id: request.id.as_deref(),
        address: request.address.as_deref(),
    }
}
