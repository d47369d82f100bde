use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Query, page::Page},
    operations::ListMessages as Op,
    problem::Problem,
    services::messages,
    views::messages::{ListMessages, MessageView},
};

/// List messages.
///
/// About the cases the caller may see, or to staff, in the order they were planned, without their texts.
#[utoipa::path(
    tag = "Messages",
    params(ListMessages),
    responses((status = 200, description = "A page of messages", body = Page<MessageView>)),
)]
#[get("/v1/messages")]
pub async fn list_messages(
    call: Call<Op, Bearer>,
    query: Query<ListMessages>,
) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::page(messages::list(work, scope, &query.0)?)))
        .await
}
