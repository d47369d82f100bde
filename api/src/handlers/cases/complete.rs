use actix_web::{HttpResponse, post};
use domain::CaseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::CompleteCase as Op,
    problem::Problem,
    services::cases,
    views::cases::{CaseView, CompleteCase},
};

/// Complete a case.
///
/// On or after the last day of the term, on the police's notice of completion. What was still planned
/// is cancelled.
#[utoipa::path(
    tag = "Cases",
    params(("id" = CaseId, Path, description = "The case")),
    request_body = CompleteCase,
    responses((status = 200, description = "The case as it is now", body = CaseView)),
)]
#[post("/v1/cases/{id}/completion")]
pub async fn complete_case(
    call: Call<Op>,
    id: Path<CaseId>,
    body: Json<CompleteCase>,
) -> Result<HttpResponse, Problem> {
    let (scope, expected) = (call.scope(), call.expected_version()?);
    call.write(body, move |work, asked| {
        let case = cases::complete(work, scope, id.0, expected, asked)?;
        let version = case.version;
        Ok(Answer::ok(CaseView::from(case))
            .about(id.0)
            .version(version))
    })
    .await
}
