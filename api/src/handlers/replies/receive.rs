use actix_web::{HttpResponse, post};
use casework::Actor;
use domain::AgencyId;
use gateways::reply;
use storage::agencies;

use crate::{
    answer::Answer,
    extract::{OpenCall, Path, SignedBody},
    operations::ReceiveReply as Op,
    problem::Problem,
    services::replies,
    views::replies::ReplyBody,
};

/// Hand in what somebody answered.
///
/// For the office's own SMS platform: no sign-in, but a signature over the body by Standard Webhooks
/// (`webhook-id`, `webhook-timestamp`, `webhook-signature`). A reply may come more than once. One plain
/// word of a client whose number is verified acts: `1` or `确认` confirms the appointment that was
/// reminded of, `TD` or `退订` stops text messages, `恢复` brings them back. Everything else is a task for a
/// person, as is any answer from a number that is shared, not verified or not known; the answer to the
/// platform is the same.
#[utoipa::path(
    tag = "Messages",
    params(
        ("agency_id" = AgencyId, Path, description = "The agency whose number was answered."),
        ("webhook-id" = String, Header, description = "Id of this call."),
        ("webhook-timestamp" = i64, Header, description = "Seconds since 1970, UTC."),
        ("webhook-signature" = String, Header, description = "`v1,` and the base64 of the HMAC."),
    ),
    request_body = ReplyBody,
    responses((status = 204, description = "Taken")),
)]
#[post("/v1/agencies/{agency_id}/replies")]
pub async fn receive_reply(
    call: OpenCall<Op>,
    agency: Path<AgencyId>,
    body: SignedBody,
) -> Result<HttpResponse, Problem> {
    let agency = agency.0;
    body.check(call.state.receipt_secret.as_ref(), call.now)?;
    let reply = reply::parse(&body.bytes).map_err(replies::unreadable)?;
    let known = call.look_up(move |tx| agencies::get(tx, agency)).await?;
    known.ok_or_else(|| Problem::not_found("agency"))?;
    let incoming = replies::incoming(reply);
    let taken = call
        .write(agency, Actor::gateway(), move |work| {
            let (id, why) = replies::receive(work, &incoming)?;
            let answer = Answer::done().because(why);
            Ok(match id {
                Some(id) => answer.about(id),
                None => answer,
            })
        })
        .await?;
    Ok(taken.respond("", ""))
}
