use actix_web::{HttpResponse, post};
use domain::EscalationId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::DismissEscalation as Op,
    problem::Problem,
    services::escalations,
    views::escalations::{EscalationView, StepReason},
};

/// Dismiss an escalation.
///
/// At any step before the hand-over, with a reason. The file stays; only a further fact opens a new
/// one.
#[utoipa::path(
    tag = "Escalations",
    params(("id" = EscalationId, Path, description = "The escalation.")),
    request_body = StepReason,
    responses((status = 200, description = "The escalation", body = EscalationView)),
)]
#[post("/v1/escalations/{id}/dismiss")]
pub async fn dismiss_escalation(
    call: Call<Op>,
    id: Path<EscalationId>,
    body: Json<StepReason>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let view = escalations::dismiss(work, scope, id, expected, asked)?;
        let version = view.escalation.version;
        Ok(Answer::ok(view).about(id).version(version))
    })
    .await
}
