use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    extract::{Call, Query, page::Page},
    operations::ListCovers as Op,
    problem::Problem,
    services::covers,
    views::covers::{CoverView, ListCovers},
};

/// List covers.
///
/// In the order they were made: a caseworker's own, absent or covering; a supervisor's office's; an
/// administrator's agency's. Those that ended or are over too, unless only standing ones are asked for.
#[utoipa::path(
    tag = "Staff",
    params(ListCovers),
    responses((status = 200, description = "A page of covers", body = Page<CoverView>)),
)]
#[get("/v1/covers")]
pub async fn list_covers(
    call: Call<Op>,
    query: Query<ListCovers>,
) -> Result<HttpResponse, Problem> {
    let caller = call.caller;
    call.read(move |work| Ok(Answer::page(covers::list(work, &caller, &query.0)?)))
        .await
}
