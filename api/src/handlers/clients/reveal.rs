use actix_web::{HttpResponse, post};
use domain::ClientId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::RevealClient as Op,
    problem::Problem,
    services::clients,
    views::clients::{RevealClient, RevealedClient},
};

/// Show what is masked of a client.
///
/// Who asked, for which fields and why stands in the audit trail before anything is shown. The answer
/// is kept nowhere.
#[utoipa::path(
    tag = "Clients",
    params(("id" = ClientId, Path, description = "The client")),
    request_body = RevealClient,
    responses((status = 200, description = "The fields asked for", body = RevealedClient)),
)]
#[post("/v1/clients/{id}/reveal")]
pub async fn reveal_client(
    call: Call<Op>,
    id: Path<ClientId>,
    body: Json<RevealClient>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.write(body, move |work, asked| {
        let (revealed, reason) = clients::reveal(work, scope, id.0, asked)?;
        Ok(Answer::ok(revealed).about(id.0).because(reason))
    })
    .await
}
