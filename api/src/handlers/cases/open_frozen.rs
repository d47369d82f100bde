use actix_web::{HttpResponse, post};
use domain::CaseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::OpenFrozenCase as Op,
    problem::Problem,
    services::cases,
    views::frozen_cases::{FileOpeningView, OpenFrozenCase},
};

/// Open a frozen file.
///
/// Until the end of the day given, 30 days at most, those who reached the file before can read it
/// again. Nothing in it can be changed. Who opened it, why and by which paper stays on file.
#[utoipa::path(
    tag = "Cases",
    params(("id" = CaseId, Path, description = "The case")),
    request_body = OpenFrozenCase,
    responses((status = 201, description = "The opening", body = FileOpeningView)),
)]
#[post("/v1/cases/{id}/openings")]
pub async fn open_frozen_case(
    call: Call<Op>,
    id: Path<CaseId>,
    body: Json<OpenFrozenCase>,
) -> Result<HttpResponse, Problem> {
    let (scope, by) = (call.scope(), call.caller.staff);
    call.write(body, move |work, asked| {
        let opening = cases::open(work, scope, id.0, asked, by)?;
        let reason = format!("{}: {}", opening.reason_code, opening.document_no);
        let view = FileOpeningView::from(opening);
        let answer = Answer::created(format!("/v1/cases/{}", id.0), view);
        Ok(answer.about(id.0).because(reason))
    })
    .await
}
