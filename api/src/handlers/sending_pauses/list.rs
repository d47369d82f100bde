use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    extract::{Call, Query, page::Page},
    operations::ListSendingPauses as Op,
    problem::Problem,
    services::sending_pauses,
    views::sending_pauses::{ListSendingPauses, SendingPauseView},
};

/// List pauses of sending.
///
/// In the order they were made: those of the own office or area and those of gateways, or all of an
/// administrator's agency. Those that were ended too, unless only standing ones are asked for.
#[utoipa::path(
    tag = "Messages",
    params(ListSendingPauses),
    responses((status = 200, description = "A page of pauses", body = Page<SendingPauseView>)),
)]
#[get("/v1/sending-pauses")]
pub async fn list_sending_pauses(
    call: Call<Op>,
    query: Query<ListSendingPauses>,
) -> Result<HttpResponse, Problem> {
    let caller = call.caller;
    call.read(move |work| Ok(Answer::page(sending_pauses::list(work, &caller, &query.0)?)))
        .await
}
