use actix_web::{HttpResponse, delete};
use domain::MessageKind;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::DeleteProviderTemplate as Op,
    problem::Problem,
    services::provider_templates,
};

/// Take a template of a provider's account away.
///
/// From then on the account sends the text without variables at this step, if it has that one.
#[utoipa::path(
    tag = "Messages",
    params(
        ("provider" = String, Path, description = "The account", example = "sms-a"),
        ("kind" = MessageKind, Path, description = "Kind of message"),
        ("step" = String, Path, description = "Step of the ladder, or `neutral`", example = "d-3"),
    ),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/provider-templates/{provider}/{kind}/{step}")]
pub async fn delete_provider_template(
    call: Call<Op>,
    path: Path<(String, MessageKind, String)>,
) -> Result<HttpResponse, Problem> {
    let expected = call.expected_version()?;
    call.write(Json::none(), move |work, _| {
        let (provider, kind, step) = &path.0;
        provider_templates::delete(work, (provider, *kind, step), expected)?;
        Ok(Answer::done().about(format!("{provider}/{kind}/{step}")))
    })
    .await
}
