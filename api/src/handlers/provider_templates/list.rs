use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, auth::Bearer, extract::Call, operations::ListProviderTemplates as Op,
    problem::Problem, services::provider_templates,
    views::provider_templates::ProviderTemplateList,
};

/// List the templates filed with providers.
///
/// What each account sends in place of a text, and whether another text is in force by now. At most
/// one entry per account and step, so there are no pages.
#[utoipa::path(
    tag = "Messages",
    responses((status = 200, description = "The templates", body = ProviderTemplateList)),
)]
#[get("/v1/provider-templates")]
pub async fn list_provider_templates(call: Call<Op, Bearer>) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::ok(provider_templates::list(work)?)))
        .await
}
