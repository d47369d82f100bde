use actix_web::{HttpResponse, get};
use domain::ClientId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, PageQuery, Path, Query, page::Page},
    operations::ListConsents as Op,
    problem::Problem,
    services::consents,
    views::consents::ConsentView,
};

/// List what a client consented to.
///
/// Every consent given and withdrawn, oldest first. The last entry for a purpose says what holds.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ClientId, Path, description = "The client."), PageQuery),
    responses((status = 200, description = "A page of the ledger", body = Page<ConsentView>)),
)]
#[get("/v1/clients/{id}/consents")]
pub async fn list_consents(
    call: Call<Op, Bearer>,
    id: Path<ClientId>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| Ok(Answer::page(consents::list(work, scope, id, &query.0)?).about(id)))
        .await
}
