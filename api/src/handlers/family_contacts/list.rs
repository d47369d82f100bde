use actix_web::{HttpResponse, get};
use domain::ClientId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, PageQuery, Path, Query, page::Page},
    operations::ListFamilyContacts as Op,
    problem::Problem,
    services::family_contacts,
    views::family_contacts::FamilyContactItem,
};

/// List the family contacts of a client.
///
/// In the order they were entered, those that ended included. Names and numbers are masked.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ClientId, Path, description = "The client."), PageQuery),
    responses((status = 200, description = "A page of contacts", body = Page<FamilyContactItem>)),
)]
#[get("/v1/clients/{id}/family-contacts")]
pub async fn list_family_contacts(
    call: Call<Op, Bearer>,
    id: Path<ClientId>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| {
        Ok(Answer::page(family_contacts::list(work, scope, id, &query.0)?).about(id))
    })
    .await
}
