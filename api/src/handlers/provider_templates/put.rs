use actix_web::{HttpResponse, put};
use domain::MessageKind;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::PutProviderTemplate as Op,
    problem::Problem,
    services::provider_templates,
    views::provider_templates::{ProviderTemplateView, PutProviderTemplate},
};

/// Say how a text is filed with a provider's account.
///
/// The provider's id of the template, and what goes into its variables. Names, positions and ordinary
/// values are checked against the provider's rules. Fixed words have to stand in the reviewed text, or in one
/// of the kind that ships. The account goes on sending this text until another one is said here, whatever
/// comes into force meanwhile.
#[utoipa::path(
    tag = "Messages",
    params(
        ("provider" = String, Path, description = "The account", example = "sms-a"),
        ("kind" = MessageKind, Path, description = "Kind of message"),
        ("step" = String, Path, example = "d-3", description = "Step of the ladder; `dated` for the \
            kind's short text with the date, `neutral` for its text without variables, `code` for the \
            one of a sign-in"),
    ),
    request_body = PutProviderTemplate,
    responses((status = 200, description = "The template", body = ProviderTemplateView)),
)]
#[put("/v1/provider-templates/{provider}/{kind}/{step}")]
pub async fn put_provider_template(
    call: Call<Op>,
    path: Path<(String, MessageKind, String)>,
    body: Json<PutProviderTemplate>,
) -> Result<HttpResponse, Problem> {
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let (provider, kind, step) = &path.0;
        let view = provider_templates::put(work, (provider, *kind, step), asked, expected)?;
        let version = view.version;
        Ok(Answer::ok(view)
            .about(format!("{provider}/{kind}/{step}"))
            .version(version))
    })
    .await
}
