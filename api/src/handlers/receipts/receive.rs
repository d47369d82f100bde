use actix_web::{HttpResponse, post};
use casework::Actor;
use domain::{AgencyId, RefusalCode};
use gateways::receipt;
use storage::agencies;

use crate::{
    answer::Answer,
    extract::{OpenCall, Path, SignedBody},
    operations::ReceiveReceipt as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::receipts,
    views::receipts::ReceiptBody,
};

/// Report what became of a message.
///
/// For the office's own SMS platform: no sign-in, but a signature over the body by Standard Webhooks
/// (`webhook-id`, `webhook-timestamp`, `webhook-signature`). A receipt may come more than once. One
/// about a message that is not known answers 202 and changes nothing.
#[utoipa::path(
    tag = "Messages",
    params(
        ("agency_id" = AgencyId, Path, description = "The agency whose message it is."),
        ("webhook-id" = String, Header, description = "Id of this call."),
        ("webhook-timestamp" = i64, Header, description = "Seconds since 1970, UTC."),
        ("webhook-signature" = String, Header, description = "`v1,` and the base64 of the HMAC."),
    ),
    request_body = ReceiptBody,
    responses(
        (status = 204, description = "Taken"),
        (status = 202, description = "No such message; nothing was changed"),
    ),
)]
#[post("/v1/agencies/{agency_id}/receipts")]
pub async fn receive_receipt(
    call: OpenCall<Op>,
    agency: Path<AgencyId>,
    body: SignedBody,
) -> Result<HttpResponse, Problem> {
    let agency = agency.0;
    body.check(call.state.receipt_secret.as_ref(), call.now)?;
    let report = receipt::parse(&body.bytes).map_err(receipts::unreadable)?;
    let known = call.look_up(move |tx| agencies::get(tx, agency)).await?;
    known.ok_or_else(|| Problem::not_found("agency"))?;
    let applied = call
        .write(agency, Actor::gateway(), move |work| {
            let message = receipts::receive(work, &report)?;
            Ok(Answer::done().about(message))
        })
        .await;
    match applied {
        Err(problem) if problem.code() == ProblemCode::Refused(RefusalCode::NotFound) => {
            tracing::warn!("a receipt names no message of the agency");
            Ok(HttpResponse::Accepted().finish())
        }
        other => Ok(other?.respond("", "")),
    }
}
