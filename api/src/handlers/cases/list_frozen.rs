use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    extract::{Call, Query, page::Page},
    operations::ListFrozenCases as Op,
    problem::Problem,
    services::cases,
    views::frozen_cases::{FrozenCaseItem, ListFrozenCases},
};

/// List frozen files.
///
/// By their numbers, without names: what is in them is not there for anybody until one is opened.
#[utoipa::path(
    tag = "Cases",
    params(ListFrozenCases),
    responses((status = 200, description = "A page of frozen files", body = Page<FrozenCaseItem>)),
)]
#[get("/v1/frozen-cases")]
pub async fn list_frozen_cases(
    call: Call<Op>,
    query: Query<ListFrozenCases>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::page(cases::list_frozen(work, scope, &query.0)?)))
        .await
}
