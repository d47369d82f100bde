use actix_web::{HttpResponse, post};
use domain::EscalationId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::CloseEscalation as Op,
    problem::Problem,
    services::escalations,
    views::escalations::{EscalationView, Outcome},
};

/// Type in what the police decided.
///
/// As on their paper. The escalation is closed; the case goes on or ends.
#[utoipa::path(
    tag = "Escalations",
    params(("id" = EscalationId, Path, description = "The escalation.")),
    request_body = Outcome,
    responses((status = 200, description = "The escalation", body = EscalationView)),
)]
#[post("/v1/escalations/{id}/outcome")]
pub async fn close_escalation(
    call: Call<Op>,
    id: Path<EscalationId>,
    body: Json<Outcome>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let view = escalations::close(work, scope, id, expected, asked)?;
        let version = view.escalation.version;
        Ok(Answer::ok(view).about(id).version(version))
    })
    .await
}
