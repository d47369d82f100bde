use actix_web::{HttpResponse, delete};
use domain::CoverId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::EndCover as Op,
    problem::Problem,
    services::covers,
};

/// End a cover early.
///
/// It opens nothing from then on, and stays in the list. Ending one that is over changes nothing.
#[utoipa::path(
    tag = "Staff",
    params(("id" = CoverId, Path, description = "The cover")),
    responses((status = 204, description = "The cover has ended")),
)]
#[delete("/v1/covers/{id}")]
pub async fn end_cover(call: Call<Op>, id: Path<CoverId>) -> Result<HttpResponse, Problem> {
    let (caller, state) = (call.caller, call.shared());
    let response = call
        .write(Json::none(), move |work, _| {
            covers::end(work, &caller, id.0)?;
            Ok(Answer::done().about(id.0))
        })
        .await?;
    state.covering.changed(caller.agency);
    Ok(response)
}
