//! Reading the audit trail.

pub mod export;
pub mod verify;

use casework::Work;
use domain::page::{ListScope, SortKey};
use storage::audit_log::{self, AuditEntry};
use uuid::Uuid;

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    services::filters::Filters,
    views::audit_entries::{AuditEntryView, AuditQuery},
};

/// A page of the agency's trail, newest first.
pub fn list(work: &mut Work<'_, '_>, asked: &AuditQuery) -> Result<Page<AuditEntryView>, Failure> {
    let filters = Filters::default()
        .with("actor_id", asked.actor_id)
        .with("action", asked.action.as_deref())
        .with("object_id", asked.object_id.as_deref())
        .with("outcome", asked.outcome)
        .with("from", asked.from.map(|at| at.to_rfc3339()))
        .with("to", asked.to.map(|at| at.to_rfc3339()));
    let filters = filters.pairs();
    let scope = ListScope {
        list: "list_audit_entries",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let before = page::after(asked.cursor.as_deref(), &scope)?;
    let before = before.and_then(|cursor| match cursor.sort.first() {
        Some(SortKey::Int(seq)) => Some(*seq),
        _ => None,
    });
    let filter = asked.filter();
    let rows = audit_log::list(work.tx, work.agency, &filter, before, limit.rows_to_fetch())?;
    let key = |entry: &AuditEntry| (vec![SortKey::Int(entry.seq)], Uuid::nil());
    Ok(Page::cut(rows, limit, &scope, key, AuditEntryView::from))
}
