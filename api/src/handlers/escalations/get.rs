use actix_web::{HttpResponse, get};
use domain::EscalationId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetEscalation as Op,
    problem::Problem,
    services::escalations,
    views::escalations::EscalationView,
};

/// Read an escalation with everything needed to judge it.
///
/// Each miss with its rule and window, every reminder with its attempts and receipts, contacts,
/// excuses and their decisions; what stands in the way; by when people act. A read of the client's
/// file: it leaves an entry in the audit trail.
#[utoipa::path(
    tag = "Escalations",
    params(("id" = EscalationId, Path, description = "The escalation.")),
    responses((status = 200, description = "The escalation", body = EscalationView)),
)]
#[get("/v1/escalations/{id}")]
pub async fn get_escalation(
    call: Call<Op, Bearer>,
    id: Path<EscalationId>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| {
        let view = escalations::get(work, scope, id)?;
        let version = view.escalation.version;
        Ok(Answer::ok(view).about(id).version(version))
    })
    .await
}
