use actix_web::{HttpResponse, patch};
use domain::ClientId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::UpdateClient as Op,
    problem::Problem,
    services::clients,
    views::clients::{ClientView, UpdateClient},
};

/// Change a client.
///
/// Absent fields stay as they are, `null` empties one. A new telephone number counts as unconfirmed.
/// With another number, or with one that is confirmed no more, the client is signed out everywhere.
#[utoipa::path(
    tag = "Clients",
    params(("id" = ClientId, Path, description = "The client")),
    request_body = UpdateClient,
    responses((status = 200, description = "The client as it is now", body = ClientView)),
)]
#[patch("/v1/clients/{id}")]
pub async fn update_client(
    call: Call<Op>,
    id: Path<ClientId>,
    body: Json<UpdateClient>,
) -> Result<HttpResponse, Problem> {
    let (scope, expected) = (call.scope(), call.expected_version()?);
    let now = call.state().sign_in_clock.now();
    call.write(body, move |work, asked| {
        let client = clients::update(work, scope, id.0, expected, asked, now)?;
        let version = client.version;
        Ok(Answer::ok(ClientView::from(client))
            .about(id.0)
            .version(version))
    })
    .await
}
