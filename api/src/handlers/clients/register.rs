use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::RegisterClient as Op,
    problem::Problem,
    services::clients,
    views::clients::{ClientView, RegisterClient},
};

/// Register a client.
///
/// Sex and date of birth must agree with the identity number; an agency has one client per identity
/// number. A case is opened with `POST /v1/clients/{id}/cases`.
#[utoipa::path(
    tag = "Clients",
    request_body = RegisterClient,
    responses((status = 201, description = "The client", body = ClientView)),
)]
#[post("/v1/clients")]
pub async fn register_client(
    call: Call<Op>,
    body: Json<RegisterClient>,
) -> Result<HttpResponse, Problem> {
    let caller = call.caller;
    call.write(body, move |work, asked| {
        let client = clients::register(work, &caller, asked)?;
        let (id, version) = (client.id, client.version);
        let view = ClientView::from(client);
        Ok(Answer::created(format!("/v1/clients/{id}"), view)
            .about(id)
            .version(version))
    })
    .await
}
