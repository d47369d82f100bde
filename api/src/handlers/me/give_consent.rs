use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{ClientCall, Json},
    operations::GiveMyConsent as Op,
    problem::Problem,
    services::me,
    views::me::{GiveMyConsent, MyConsent},
};

/// Consent to something.
///
/// To the text of one version, which the app has shown, and for one purpose. It can be withdrawn at
/// any time, and nothing else depends on it. A new text needs a new consent.
#[utoipa::path(
    tag = "Me",
    request_body = GiveMyConsent,
    responses((status = 201, description = "What holds now", body = MyConsent)),
)]
#[post("/v1/me/consents")]
pub async fn give_my_consent(
    call: ClientCall<Op>,
    body: Json<GiveMyConsent>,
) -> Result<HttpResponse, Problem> {
    let client = call.client();
    call.write(body, move |work, asked| {
        let entry = me::give_consent(work, client, asked)?;
        let id = entry.id;
        Ok(Answer::created("/v1/me/consents".to_owned(), MyConsent::from(entry)).about(id))
    })
    .await
}
