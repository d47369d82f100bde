use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::ClientCall, operations::GetMyLedger as Op, problem::Problem,
    services::me, views::me::LedgerView,
};

/// Get one's own ledger.
///
/// What counted and why, whether a review is under way and what it rests on, and how to contest it.
#[utoipa::path(
    tag = "Me",
    responses((status = 200, description = "The ledger", body = LedgerView)),
)]
#[get("/v1/me/ledger")]
pub async fn get_my_ledger(call: ClientCall<Op>) -> Result<HttpResponse, Problem> {
    let client = call.client();
    call.read(move |work| Ok(Answer::ok(me::ledger(work, client)?)))
        .await
}
