use actix_web::{HttpResponse, post};
use domain::ClientId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::WithdrawConsent as Op,
    problem::Problem,
    services::consents,
    views::consents::{ConsentView, WithdrawConsent},
};

/// Record that a client withdrew a consent.
///
/// Holds from the next message on, and changes nothing of what the client is due. With the consent
/// for family contacts, all of them end.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ClientId, Path, description = "The client.")),
    request_body = WithdrawConsent,
    responses((status = 201, description = "The entry of the ledger", body = ConsentView)),
)]
#[post("/v1/clients/{id}/consents/withdrawals")]
pub async fn withdraw_consent(
    call: Call<Op>,
    id: Path<ClientId>,
    body: Json<WithdrawConsent>,
) -> Result<HttpResponse, Problem> {
    let (scope, client) = (call.scope(), id.0);
    call.write(body, move |work, asked| {
        let entry = consents::withdraw(work, scope, client, asked)?;
        let (id, location) = (entry.id, format!("/v1/clients/{client}/consents"));
        Ok(Answer::created(location, ConsentView::from(entry)).about(id))
    })
    .await
}
