use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::ClientCall, operations::ExportMe as Op, problem::Problem,
    services::me, views::me::ExportView,
};

/// Export one's own data.
///
/// The client's copy of what is stored about them, unmasked, to take along. What staff wrote in the
/// file of a visit or of a review is shown at the station. Reading the copy stands in the audit trail.
#[utoipa::path(
    tag = "Me",
    responses((status = 200, description = "The copy", body = ExportView)),
)]
#[get("/v1/me/export")]
pub async fn export_me(call: ClientCall<Op>) -> Result<HttpResponse, Problem> {
    let client = call.client();
    call.read(move |work| Ok(Answer::ok(me::export(work, client)?).about(client)))
        .await
}
