use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{ClientCall, Json},
    operations::RequestMyCorrection as Op,
    problem::Problem,
    services::me,
    views::me::{MyRequest, RequestMyCorrection},
};

/// Ask for a correction.
///
/// Of what is stored about the client. Becomes a task for a person, with a day by which it is
/// answered. The receipt is signed.
#[utoipa::path(
    tag = "Me",
    request_body = RequestMyCorrection,
    responses((status = 201, description = "Taken in", body = MyRequest)),
)]
#[post("/v1/me/corrections")]
pub async fn request_my_correction(
    call: ClientCall<Op>,
    body: Json<RequestMyCorrection>,
) -> Result<HttpResponse, Problem> {
    let (client, receipts) = (call.client(), call.receipts("correction", body.fingerprint));
    call.write(body, move |work, asked| {
        let task = me::correction(work, client, asked)?;
        let receipt = receipts.of(task.id.uuid(), task.created_at)?;
        let id = task.id;
        let view = MyRequest::of(&task, receipt);
        Ok(Answer::created("/v1/me".to_owned(), view).about(id))
    })
    .await
}
