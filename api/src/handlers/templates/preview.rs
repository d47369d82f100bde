use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Json},
    operations::PreviewTemplate as Op,
    problem::Problem,
    services::templates,
    views::templates::{PreviewTemplate, TemplatePreview},
};

/// Preview a message text.
///
/// Checks a text like saving it does, and answers an example and what it costs, for an office if one is
/// named. Nothing is stored.
#[utoipa::path(
    tag = "Messages",
    request_body = PreviewTemplate,
    responses((status = 200, description = "The text filled in", body = TemplatePreview)),
)]
#[post("/v1/templates/previews")]
pub async fn preview_template(
    call: Call<Op, Bearer>,
    body: Json<PreviewTemplate>,
) -> Result<HttpResponse, Problem> {
    let asked = body.value;
    let accounts = call.state().accounts.clone();
    call.read(move |work| Ok(Answer::ok(templates::preview(work, &accounts, &asked)?)))
        .await
}
