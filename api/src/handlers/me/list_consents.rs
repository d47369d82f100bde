use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::ClientCall, operations::ListMyConsents as Op, problem::Problem,
    services::me, views::me::MyConsents,
};

/// List what one consented to.
///
/// For each purpose what was said last. A purpose nothing was ever said about is not there, and
/// nothing is done for it.
#[utoipa::path(
    tag = "Me",
    responses((status = 200, description = "What holds, by purpose", body = MyConsents)),
)]
#[get("/v1/me/consents")]
pub async fn list_my_consents(call: ClientCall<Op>) -> Result<HttpResponse, Problem> {
    let client = call.client();
    call.read(move |work| Ok(Answer::ok(me::consents(work, client)?)))
        .await
}
