use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{ClientCall, Json},
    operations::CreateMyCheckIn as Op,
    problem::Problem,
    services::me,
    views::me::{CreateMyCheckIn, MyCheckIn},
};

/// Check in.
///
/// A place is a single point, and taken only with the client's consent. The receipt is signed.
#[utoipa::path(
    tag = "Me",
    request_body = CreateMyCheckIn,
    responses((status = 201, description = "Taken in", body = MyCheckIn)),
)]
#[post("/v1/me/check-ins")]
pub async fn create_my_check_in(
    call: ClientCall<Op>,
    body: Json<CreateMyCheckIn>,
) -> Result<HttpResponse, Problem> {
    let (client, receipts) = (call.client(), call.receipts("check_in", body.fingerprint));
    call.write(body, move |work, asked| {
        let made = me::check_in(work, client, asked)?;
        let receipt = receipts.of(made.id.uuid(), made.made_at)?;
        let view = MyCheckIn {
            id: made.id,
            received_at: made.made_at,
            receipt,
        };
        Ok(Answer::created("/v1/me/export".to_owned(), view).about(made.id))
    })
    .await
}
