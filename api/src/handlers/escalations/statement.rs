use actix_web::{HttpResponse, post};
use domain::EscalationId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::AddEscalationStatement as Op,
    problem::Problem,
    services::escalations,
    views::escalations::{AddStatement, EscalationView},
};

/// Write down what the client says to it (陈述申辩).
///
/// Until it is signed off. A later statement replaces the earlier one.
#[utoipa::path(
    tag = "Escalations",
    params(("id" = EscalationId, Path, description = "The escalation.")),
    request_body = AddStatement,
    responses((status = 200, description = "The escalation", body = EscalationView)),
)]
#[post("/v1/escalations/{id}/statement")]
pub async fn add_escalation_statement(
    call: Call<Op>,
    id: Path<EscalationId>,
    body: Json<AddStatement>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let view = escalations::add_statement(work, scope, id, expected, asked)?;
        let version = view.escalation.version;
        Ok(Answer::ok(view).about(id).version(version))
    })
    .await
}
