use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Query, page::Page},
    operations::ListCases as Op,
    problem::Problem,
    services::cases,
    views::cases::{CaseItem, ListCasesQuery},
};

/// List cases.
///
/// Those within the caller's reach, in the order they were registered, without their papers.
#[utoipa::path(
    tag = "Cases",
    params(ListCasesQuery),
    responses((status = 200, description = "A page of cases", body = Page<CaseItem>)),
)]
#[get("/v1/cases")]
pub async fn list_cases(
    call: Call<Op, Bearer>,
    query: Query<ListCasesQuery>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::page(cases::list(work, scope, &query.0)?)))
        .await
}
