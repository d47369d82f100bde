use actix_web::{HttpResponse, post};
use domain::CaseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::ReportInCase as Op,
    problem::Problem,
    services::cases,
    views::cases::{CaseView, ReportInCase},
};

/// Report a client in.
///
/// The term starts on that day, the case keeps the rules in force on it, and all appointments of the
/// term are planned. After the last day it is taken as well and marked late.
#[utoipa::path(
    tag = "Cases",
    params(("id" = CaseId, Path, description = "The case")),
    request_body = ReportInCase,
    responses((status = 200, description = "The case as it is now", body = CaseView)),
)]
#[post("/v1/cases/{id}/report-in")]
pub async fn report_in_case(
    call: Call<Op>,
    id: Path<CaseId>,
    body: Json<ReportInCase>,
) -> Result<HttpResponse, Problem> {
    let (scope, expected) = (call.scope(), call.expected_version()?);
    call.write(body, move |work, asked| {
        let case = cases::report_in(work, scope, id.0, expected, asked)?;
        let version = case.version;
        Ok(Answer::ok(CaseView::from(case))
            .about(id.0)
            .version(version))
    })
    .await
}
