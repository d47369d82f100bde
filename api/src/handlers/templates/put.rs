use actix_web::{HttpResponse, put};
use domain::MessageKind;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::PutTemplate as Op,
    problem::Problem,
    services::templates,
    views::templates::{PutTemplate, TemplateView},
};

/// Save a message text.
///
/// The agency's own text for a step, instead of the one that ships. It may not tell on a lock screen
/// what the office does: forbidden words, links and identity numbers are refused, now and again each
/// time the text is filled in. Answers an example and what it costs.
#[utoipa::path(
    tag = "Messages",
    params(
        ("kind" = MessageKind, Path, description = "Kind of message"),
        ("step" = String, Path, description = "Step of the ladder", example = "d-3"),
    ),
    request_body = PutTemplate,
    responses((status = 200, description = "The text as saved", body = TemplateView)),
)]
#[put("/v1/templates/{kind}/{step}")]
pub async fn put_template(
    call: Call<Op>,
    path: Path<(MessageKind, String)>,
    body: Json<PutTemplate>,
) -> Result<HttpResponse, Problem> {
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let (kind, step) = &path.0;
        let view = templates::put(work, *kind, step, &asked.text, expected)?;
        let version = view.version.unwrap_or(1);
        Ok(Answer::ok(view)
            .about(format!("{kind}/{step}"))
            .version(version))
    })
    .await
}
