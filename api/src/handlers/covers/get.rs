use actix_web::{HttpResponse, get};
use domain::CoverId;

use crate::{
    answer::Answer,
    extract::{Call, Path},
    operations::GetCover as Op,
    problem::Problem,
    services::covers,
    views::covers::CoverView,
};

/// Show a cover.
///
/// One the caller may see, as in the list.
#[utoipa::path(
    tag = "Staff",
    params(("id" = CoverId, Path, description = "The cover")),
    responses((status = 200, description = "The cover", body = CoverView)),
)]
#[get("/v1/covers/{id}")]
pub async fn get_cover(call: Call<Op>, id: Path<CoverId>) -> Result<HttpResponse, Problem> {
    let caller = call.caller;
    call.read(move |work| {
        let cover = covers::get(work, &caller, id.0)?;
        Ok(Answer::ok(CoverView::of(&cover, work.now)))
    })
    .await
}
