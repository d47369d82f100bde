use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Json, page::Page},
    operations::SearchClients as Op,
    problem::Problem,
    services::clients,
    views::clients::{ClientItem, SearchClients},
};

/// Search clients.
///
/// Those within the caller's reach with this name, telephone number or identity number, in the order
/// they were registered, masked. Only whole ones are found, for they are stored encrypted. Ask for the
/// next page with the same body and its `cursor`.
#[utoipa::path(
    tag = "Clients",
    request_body = SearchClients,
    responses((status = 200, description = "A page of clients", body = Page<ClientItem>)),
)]
#[post("/v1/clients/search")]
pub async fn search_clients(
    call: Call<Op, Bearer>,
    body: Json<SearchClients>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::ok(clients::search(work, scope, &body.value)?)))
        .await
}
