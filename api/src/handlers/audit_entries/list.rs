use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    extract::{Call, Query, page::Page},
    operations::ListAuditEntries as Op,
    problem::Problem,
    services::audit_entries,
    views::audit_entries::{AuditEntryView, AuditQuery},
};

/// List the audit trail.
///
/// Who did what to which object in the caller's agency, newest first: every change, every reading of
/// a client's file, every refusal. Each entry is bound to the one before it by its hash.
#[utoipa::path(
    tag = "Audit",
    params(AuditQuery),
    responses((status = 200, description = "A page of entries", body = Page<AuditEntryView>)),
)]
#[get("/v1/audit-entries")]
pub async fn list_audit_entries(
    call: Call<Op>,
    query: Query<AuditQuery>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::page(audit_entries::list(work, &query.0)?)))
        .await
}
