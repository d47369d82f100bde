use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{ClientCall, Json},
    operations::RequestMyExcuse as Op,
    problem::Problem,
    services::me,
    views::me::{MyExcuse, RequestMyExcuse},
};

/// Say why a date is not kept.
///
/// Before or after it. People decide; until then it waits. The receipt is signed.
#[utoipa::path(
    tag = "Me",
    request_body = RequestMyExcuse,
    responses((status = 201, description = "Taken in", body = MyExcuse)),
)]
#[post("/v1/me/excuses")]
pub async fn request_my_excuse(
    call: ClientCall<Op>,
    body: Json<RequestMyExcuse>,
) -> Result<HttpResponse, Problem> {
    let (client, receipts) = (call.client(), call.receipts("excuse", body.fingerprint));
    call.write(body, move |work, asked| {
        let excuse = me::request_excuse(work, client, asked)?;
        let receipt = receipts.of(excuse.id.uuid(), excuse.requested_at)?;
        let view = MyExcuse {
            id: excuse.id,
            appointment_id: excuse.appointment_id,
            status: excuse.status.into(),
            received_at: excuse.requested_at,
            receipt,
        };
        Ok(Answer::created("/v1/me/ledger".to_owned(), view).about(excuse.id))
    })
    .await
}
