use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Query, page::Page},
    operations::ListExcuses as Op,
    problem::Problem,
    services::excuses,
    views::excuses::{ExcuseItem, ListExcuses},
};

/// List excuses.
///
/// Of the cases the caller may see, in the order they were requested, without their free text.
#[utoipa::path(
    tag = "Excuses",
    params(ListExcuses),
    responses((status = 200, description = "A page of excuses", body = Page<ExcuseItem>)),
)]
#[get("/v1/excuses")]
pub async fn list_excuses(
    call: Call<Op, Bearer>,
    query: Query<ListExcuses>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::page(excuses::list(work, scope, &query.0)?)))
        .await
}
