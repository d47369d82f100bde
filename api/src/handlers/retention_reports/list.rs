use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    extract::{Call, PageQuery, Query, page::Page},
    operations::ListRetentionReports as Op,
    problem::Problem,
    services::retention_reports,
    views::retention_reports::RetentionReportView,
};

/// List what was deleted and kept.
///
/// For each day and each rule of retention: how many rows were deleted, how many stayed, and on which
/// law that rests. Newest first.
#[utoipa::path(
    tag = "Audit",
    params(PageQuery),
    responses((status = 200, description = "A page of reports", body = Page<RetentionReportView>)),
)]
#[get("/v1/retention-reports")]
pub async fn list_retention_reports(
    call: Call<Op>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::page(retention_reports::list(work, &query.0)?)))
        .await
}
