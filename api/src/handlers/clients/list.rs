use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Query, page::Page},
    operations::ListClients as Op,
    problem::Problem,
    services::clients,
    views::clients::{ClientItem, ListClientsQuery},
};

/// List clients.
///
/// Those within the caller's reach, in the order they were registered, with names and numbers
/// masked. `q` finds a whole name, telephone number or identity number; parts are not searched, for
/// they are stored encrypted.
#[utoipa::path(
    tag = "Clients",
    params(ListClientsQuery),
    responses((status = 200, description = "A page of clients", body = Page<ClientItem>)),
)]
#[get("/v1/clients")]
pub async fn list_clients(
    call: Call<Op, Bearer>,
    query: Query<ListClientsQuery>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::page(clients::list(work, scope, &query.0)?)))
        .await
}
