use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, PageQuery, Query, page::Page},
    operations::ListOffices as Op,
    problem::Problem,
    services::offices,
    views::offices::OfficeView,
};

/// List the offices.
///
/// All offices of the caller's agency, in the order they were opened.
#[utoipa::path(
    tag = "Offices",
    params(PageQuery),
    responses((status = 200, description = "A page of offices", body = Page<OfficeView>)),
)]
#[get("/v1/offices")]
pub async fn list_offices(
    call: Call<Op, Bearer>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::page(offices::list(work, &query.0)?)))
        .await
}
