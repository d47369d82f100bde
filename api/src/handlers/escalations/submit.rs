use actix_web::{HttpResponse, post};
use domain::EscalationId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::SubmitEscalation as Op,
    problem::Problem,
    services::escalations,
    views::escalations::{EscalationView, StepReason},
};

/// Submit the review for sign-off.
///
/// Every miss of the basis is labelled and every excuse decided by then: what stands in the way is
/// listed in `errors`.
#[utoipa::path(
    tag = "Escalations",
    params(("id" = EscalationId, Path, description = "The escalation.")),
    request_body = StepReason,
    responses((status = 200, description = "The escalation", body = EscalationView)),
)]
#[post("/v1/escalations/{id}/submit")]
pub async fn submit_escalation(
    call: Call<Op>,
    id: Path<EscalationId>,
    body: Json<StepReason>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let view = escalations::submit(work, scope, id, expected, asked, by)?;
        let version = view.escalation.version;
        Ok(Answer::ok(view).about(id).version(version))
    })
    .await
}
