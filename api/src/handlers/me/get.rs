use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::ClientCall, operations::GetMe as Op, problem::Problem, services::me,
    views::me::MeView,
};

/// Get one's own page.
///
/// Masked, and in words that give nothing away: the next date, where to go, whom to call.
#[utoipa::path(
    tag = "Me",
    responses((status = 200, description = "The signed-in client", body = MeView)),
)]
#[get("/v1/me")]
pub async fn get_me(call: ClientCall<Op>) -> Result<HttpResponse, Problem> {
    let client = call.client();
    call.read(move |work| Ok(Answer::ok(me::show(work, client)?)))
        .await
}
