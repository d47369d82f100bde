use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    extract::{
        Call, Query,
        page::{Page, PageQuery},
    },
    operations::ListIntegrators as Op,
    problem::Problem,
    services::integrators,
    views::integrators::IntegratorView,
};

/// List the systems with access.
///
/// In the order they were given it, with those that have none any more.
#[utoipa::path(
    tag = "Integrators",
    params(PageQuery),
    responses((status = 200, description = "A page of systems", body = Page<IntegratorView>)),
)]
#[get("/v1/integrators")]
pub async fn list_integrators(
    call: Call<Op>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::page(integrators::list(work, &query.0)?)))
        .await
}
