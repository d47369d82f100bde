use actix_web::{HttpResponse, get};
use domain::CaseId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, PageQuery, Path, Query, page::Page},
    operations::ListCaseTransitions as Op,
    problem::Problem,
    services::cases,
    views::cases::TransitionView,
};

/// List the steps of a case.
///
/// Who moved it from which status to which, when, on which paper and why, oldest first. Every read is
/// kept in the audit trail.
#[utoipa::path(
    tag = "Cases",
    params(("id" = CaseId, Path, description = "The case"), PageQuery),
    responses((status = 200, description = "A page of steps", body = Page<TransitionView>)),
)]
#[get("/v1/cases/{id}/transitions")]
pub async fn list_case_transitions(
    call: Call<Op, Bearer>,
    id: Path<CaseId>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| {
        Ok(Answer::page(cases::transitions(work, scope, id.0, &query.0)?).about(id.0))
    })
    .await
}
