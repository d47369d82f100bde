use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Query, page::Page},
    operations::ListEscalations as Op,
    problem::Problem,
    services::escalations,
    views::escalations::{EscalationItem, ListEscalations},
};

/// List escalations.
///
/// Of the cases the caller may see, in the order they were opened.
#[utoipa::path(
    tag = "Escalations",
    params(ListEscalations),
    responses((status = 200, description = "A page of escalations", body = Page<EscalationItem>)),
)]
#[get("/v1/escalations")]
pub async fn list_escalations(
    call: Call<Op, Bearer>,
    query: Query<ListEscalations>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::page(escalations::list(work, scope, &query.0)?)))
        .await
}
