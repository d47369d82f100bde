use actix_web::{HttpResponse, post};
use domain::CaseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::TerminateCase as Op,
    problem::Problem,
    services::cases,
    views::cases::{CaseView, TerminateCase},
};

/// Terminate a case.
///
/// Before the end of its term: prison, compulsory educational measures, death, going abroad, or a
/// correction. What was still planned is cancelled.
#[utoipa::path(
    tag = "Cases",
    params(("id" = CaseId, Path, description = "The case")),
    request_body = TerminateCase,
    responses((status = 200, description = "The case as it is now", body = CaseView)),
)]
#[post("/v1/cases/{id}/termination")]
pub async fn terminate_case(
    call: Call<Op>,
    id: Path<CaseId>,
    body: Json<TerminateCase>,
) -> Result<HttpResponse, Problem> {
    let (scope, expected) = (call.scope(), call.expected_version()?);
    call.write(body, move |work, asked| {
        let case = cases::terminate(work, scope, id.0, expected, asked)?;
        let version = case.version;
        Ok(Answer::ok(CaseView::from(case))
            .about(id.0)
            .version(version))
    })
    .await
}
