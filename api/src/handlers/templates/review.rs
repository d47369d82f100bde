use actix_web::{HttpResponse, post};
use domain::MessageKind;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::ReviewTemplate as Op,
    problem::Problem,
    services::templates,
    views::templates::{ReviewTemplate, TemplateView},
};

/// Review a drafted message text.
///
/// By another person than the one who wrote it. Approved, it comes into force at once in place of the
/// one before, which was sent until then; rejected, it goes back with a note.
#[utoipa::path(
    tag = "Messages",
    params(
        ("kind" = MessageKind, Path, description = "Kind of message"),
        ("step" = String, Path, description = "Step of the ladder", example = "d-3"),
    ),
    request_body = ReviewTemplate,
    responses((status = 200, description = "The step as it stands now", body = TemplateView)),
)]
#[post("/v1/templates/{kind}/{step}/review")]
pub async fn review_template(
    call: Call<Op>,
    path: Path<(MessageKind, String)>,
    body: Json<ReviewTemplate>,
) -> Result<HttpResponse, Problem> {
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let (kind, step) = &path.0;
        let view = templates::review(work, *kind, step, asked, expected)?;
        let version = view.version.unwrap_or(0);
        Ok(Answer::ok(view)
            .about(format!("{kind}/{step}"))
            .because(asked.decision.to_string())
            .version(version))
    })
    .await
}
