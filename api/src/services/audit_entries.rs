//! Reading the audit trail.

use casework::Work;
use domain::page::{ListScope, SortKey};
use storage::audit_log::{self, AuditEntry, Filter};
use uuid::Uuid;

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    views::audit_entries::{AuditEntryView, AuditQuery},
};

/// A page of the agency's trail, newest first.
pub fn list(work: &mut Work<'_, '_>, asked: &AuditQuery) -> Result<Page<AuditEntryView>, Failure> {
    let given = [
        ("actor_id", asked.actor_id.map(|id| id.to_string())),
        ("action", asked.action.clone()),
        ("object_id", asked.object_id.clone()),
        ("from", asked.from.map(|at| at.to_rfc3339())),
        ("to", asked.to.map(|at| at.to_rfc3339())),
    ];
    let filters: Vec<(&str, &str)> = given
        .iter()
        .filter_map(|(name, value)| Some((*name, value.as_deref()?)))
        .collect();
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
    let filter = Filter {
        actor_id: asked.actor_id,
        action: asked.action.clone(),
        object_id: asked.object_id.clone(),
        from: asked.from,
        to: asked.to,
    };
    let rows = audit_log::list(work.tx, work.agency, &filter, before, limit.rows_to_fetch())?;
    let key = |entry: &AuditEntry| (vec![SortKey::Int(entry.seq)], Uuid::nil());
    Ok(Page::cut(rows, limit, &scope, key, AuditEntryView::from))
}
