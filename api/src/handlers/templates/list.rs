use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, auth::Bearer, extract::Call, operations::ListTemplates as Op, problem::Problem,
    services::templates, views::templates::TemplateList,
};

/// List the message texts.
///
/// The text of every step, with an example and what it costs. One entry a step, so there are no
/// pages.
#[utoipa::path(
    tag = "Messages",
    responses((status = 200, description = "The texts", body = TemplateList)),
)]
#[get("/v1/templates")]
pub async fn list_templates(call: Call<Op, Bearer>) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::ok(templates::list(work)?)))
        .await
}
