use actix_web::{HttpResponse, post};
use domain::EscalationId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::SignOffEscalation as Op,
    problem::Problem,
    services::escalations,
    views::escalations::{EscalationView, StepReason},
};

/// Sign a submitted review off.
///
/// By another person than the one who submitted it. The hand-over is then due on the next working
/// day.
#[utoipa::path(
    tag = "Escalations",
    params(("id" = EscalationId, Path, description = "The escalation.")),
    request_body = StepReason,
    responses((status = 200, description = "The escalation", body = EscalationView)),
)]
#[post("/v1/escalations/{id}/sign-off")]
pub async fn sign_off_escalation(
    call: Call<Op>,
    id: Path<EscalationId>,
    body: Json<StepReason>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let view = escalations::sign_off(work, scope, id, expected, asked, by)?;
        let version = view.escalation.version;
        Ok(Answer::ok(view).about(id).version(version))
    })
    .await
}
