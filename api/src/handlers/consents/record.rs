use actix_web::{HttpResponse, post};
use domain::ClientId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::RecordConsent as Op,
    problem::Problem,
    services::consents,
    views::consents::{ConsentView, RecordConsent},
};

/// Record that a client consented.
///
/// For those who say so on paper, by telephone or in person. A new text needs a new consent.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ClientId, Path, description = "The client.")),
    request_body = RecordConsent,
    responses((status = 201, description = "The entry of the ledger", body = ConsentView)),
)]
#[post("/v1/clients/{id}/consents")]
pub async fn record_consent(
    call: Call<Op>,
    id: Path<ClientId>,
    body: Json<RecordConsent>,
) -> Result<HttpResponse, Problem> {
    let (scope, client) = (call.scope(), id.0);
    call.write(body, move |work, asked| {
        let entry = consents::record(work, scope, client, asked)?;
        let (id, location) = (entry.id, format!("/v1/clients/{client}/consents"));
        Ok(Answer::created(location, ConsentView::from(entry)).about(id))
    })
    .await
}
