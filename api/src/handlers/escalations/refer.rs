use actix_web::{HttpResponse, post};
use domain::EscalationId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::ReferEscalation as Op,
    problem::Problem,
    services::escalations,
    views::escalations::{EscalationView, Referral},
};

/// Record the hand-over of a signed-off escalation.
///
/// As on the hand-over receipt. The case is `referred` from then on; appointments go on until the
/// decision.
#[utoipa::path(
    tag = "Escalations",
    params(("id" = EscalationId, Path, description = "The escalation.")),
    request_body = Referral,
    responses((status = 200, description = "The escalation", body = EscalationView)),
)]
#[post("/v1/escalations/{id}/referral")]
pub async fn refer_escalation(
    call: Call<Op>,
    id: Path<EscalationId>,
    body: Json<Referral>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let view = escalations::refer(work, scope, id, expected, asked, by)?;
        let version = view.escalation.version;
        Ok(Answer::ok(view).about(id).version(version))
    })
    .await
}
