use actix_web::{HttpResponse, get};
use domain::audit::Head;
use storage::audit_log::{self, Filter};

use crate::{
    extract::{Call, Query, stream::File},
    operations::ExportAuditEntries as Op,
    problem::Problem,
    services::audit_entries::export,
    views::audit_entries::ExportQuery,
};

/// Entries read in one go.
const PIECE: i64 = 500;

/// Export the audit trail.
///
/// As CSV (RFC 4180), newest first, up to where the trail ends at the beginning of the export. Sent
/// while it is read, whatever its size. Fields that a spreadsheet would take for a formula begin with
/// `'`.
#[utoipa::path(
    tag = "Audit",
    params(ExportQuery),
    responses((
        status = 200,
        description = "The entries, one a line, below a line of names",
        body = String,
        content_type = "text/csv",
        example = "seq,at,actor_kind,actor_id,action,…"
    )),
)]
#[get("/v1/audit-entries/export")]
pub async fn export_audit_entries(
    call: Call<Op>,
    query: Query<ExportQuery>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::from(query.0);
    let file = File {
        kind: "text/csv; charset=utf-8",
        name: "audit-entries.csv",
    };
    call.stream(
        file,
        |work| {
            let head = audit_log::head(work.tx, work.agency)?.unwrap_or(Head::EMPTY);
            let end = head.seq.saturating_add(1);
            Ok((end, export::head(), format!("1..{}", head.seq)))
        },
        move |work, before| {
            let rows = audit_log::list(work.tx, work.agency, &filter, Some(*before), PIECE)?;
            Ok(rows.last().map(|last| last.seq).map(|last| {
                let lines: String = rows.into_iter().map(export::line).collect();
                (lines, last)
            }))
        },
    )
    .await
}
