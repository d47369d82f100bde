use actix_web::{HttpResponse, delete};
use domain::MessageKind;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::ResetTemplate as Op,
    problem::Problem,
    services::templates,
};

/// Go back to the shipped message text.
///
/// Takes the agency's own text of a step away; from then on the one that ships is sent.
#[utoipa::path(
    tag = "Messages",
    params(
        ("kind" = MessageKind, Path, description = "Kind of message"),
        ("step" = String, Path, description = "Step of the ladder", example = "d-3"),
    ),
    responses((status = 204, description = "The agency's own text is gone")),
)]
#[delete("/v1/templates/{kind}/{step}")]
pub async fn reset_template(
    call: Call<Op>,
    path: Path<(MessageKind, String)>,
) -> Result<HttpResponse, Problem> {
    let expected = call.expected_version()?;
    call.write(Json::none(), move |work, _| {
        let (kind, step) = &path.0;
        templates::reset(work, *kind, step, expected)?;
        Ok(Answer::done().about(format!("{kind}/{step}")))
    })
    .await
}
