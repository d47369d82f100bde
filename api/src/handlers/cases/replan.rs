use actix_web::{HttpResponse, post};
use domain::CaseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path, Query},
    operations::ReplanCase as Op,
    problem::Problem,
    services::cases,
    views::cases::{DryRunQuery, ReplanCase, ReplanView},
};

/// Re-plan a case.
///
/// Gives the rest of the case other rules. Only appointments move that are still ahead and of which
/// the client was not told yet. With `dry_run=true` it shows what would move and stores nothing.
#[utoipa::path(
    tag = "Cases",
    params(("id" = CaseId, Path, description = "The case"), DryRunQuery),
    request_body = ReplanCase,
    responses((status = 200, description = "What moved", body = ReplanView)),
)]
#[post("/v1/cases/{id}/replans")]
pub async fn replan_case(
    call: Call<Op>,
    id: Path<CaseId>,
    query: Query<DryRunQuery>,
    body: Json<ReplanCase>,
) -> Result<HttpResponse, Problem> {
    let (scope, expected) = (call.scope(), call.expected_version()?);
    if query.0.dry_run {
        // Nothing is stored, so nothing goes into the trail either.
        let asked = body.value;
        return call
            .read(move |work| {
                let (case, view) = cases::replan(work, scope, id.0, expected, &asked, true)?;
                Ok(Answer::ok(view).about(id.0).version(case.version))
            })
            .await;
    }
    call.write(body, move |work, asked| {
        let (case, view) = cases::replan(work, scope, id.0, expected, asked, false)?;
        Ok(Answer::ok(view).about(id.0).version(case.version))
    })
    .await
}
