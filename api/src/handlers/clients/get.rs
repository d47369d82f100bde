use actix_web::{HttpResponse, get};
use domain::ClientId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetClient as Op,
    problem::Problem,
    services::clients,
    views::clients::ClientView,
};

/// Read a client.
///
/// Numbers are masked: `POST /v1/clients/{id}/reveal` shows them. Every read is kept in the audit
/// trail.
#[utoipa::path(
    tag = "Clients",
    params(("id" = ClientId, Path, description = "The client")),
    responses((status = 200, description = "The client", body = ClientView)),
)]
#[get("/v1/clients/{id}")]
pub async fn get_client(
    call: Call<Op, Bearer>,
    id: Path<ClientId>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| {
        let client = clients::get(work, scope, id.0)?;
        let version = client.version;
        Ok(Answer::ok(ClientView::from(client))
            .about(id.0)
            .version(version))
    })
    .await
}
