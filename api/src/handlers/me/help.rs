use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{ClientCall, Json},
    operations::RequestMyHelp as Op,
    problem::Problem,
    services::me,
    views::me::{MyRequest, RequestMyHelp},
};

/// Ask for help.
///
/// Becomes a task for a person, today. It stands apart from the dates and changes nothing in them.
/// The receipt is signed.
#[utoipa::path(
    tag = "Me",
    request_body = RequestMyHelp,
    responses((status = 201, description = "Taken in", body = MyRequest)),
)]
#[post("/v1/me/help-requests")]
pub async fn request_my_help(
    call: ClientCall<Op>,
    body: Json<RequestMyHelp>,
) -> Result<HttpResponse, Problem> {
    let (client, receipts) = (
        call.client(),
        call.receipts("help_request", body.fingerprint),
    );
    call.write(body, move |work, asked| {
        let task = me::help(work, client, asked)?;
        let receipt = receipts.of(task.id.uuid(), task.created_at)?;
        let id = task.id;
        let view = MyRequest::of(&task, receipt);
        Ok(Answer::created("/v1/me".to_owned(), view).about(id))
    })
    .await
}
