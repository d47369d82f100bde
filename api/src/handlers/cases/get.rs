use actix_web::{HttpResponse, get};
use domain::CaseId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetCase as Op,
    problem::Problem,
    services::cases,
    views::cases::CaseView,
};

/// Read a case.
///
/// With its papers. Every read is kept in the audit trail.
#[utoipa::path(
    tag = "Cases",
    params(("id" = CaseId, Path, description = "The case")),
    responses((status = 200, description = "The case", body = CaseView)),
)]
#[get("/v1/cases/{id}")]
pub async fn get_case(call: Call<Op, Bearer>, id: Path<CaseId>) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| {
        let case = cases::get(work, scope, id.0)?;
        let version = case.version;
        Ok(Answer::ok(CaseView::from(case))
            .about(id.0)
            .version(version))
    })
    .await
}
