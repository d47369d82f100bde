use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::CreateCover as Op,
    problem::Problem,
    services::covers,
    views::covers::{CoverView, CreateCover},
};

/// Let somebody cover for an absent colleague.
///
/// From the first day to the last the covering caseworker reaches the absent colleague's clients,
/// cases, tasks and day as if they were their own, in the office they work in. A supervisor arranges
/// covers in the own office or area, an administrator in any; nobody covers for more than 8 colleagues
/// at a time.
#[utoipa::path(
    tag = "Staff",
    request_body = CreateCover,
    responses((status = 201, description = "The cover", body = CoverView)),
)]
#[post("/v1/covers")]
pub async fn create_cover(
    call: Call<Op>,
    body: Json<CreateCover>,
) -> Result<HttpResponse, Problem> {
    let (caller, state) = (call.caller, call.shared());
    let response = call
        .write(body, move |work, asked| {
            let cover = covers::create(work, &caller, asked)?;
            let view = CoverView::of(&cover, work.now);
            Ok(Answer::created(format!("/v1/covers/{}", cover.id), view).about(cover.id))
        })
        .await?;
    state.covering.changed(caller.agency);
    Ok(response)
}
