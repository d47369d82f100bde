use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::PublishRulePack as Op,
    problem::Problem,
    services::rule_packs,
    views::rule_packs::{PublishRulePack, RulePackView},
};

/// Publish a rule pack.
///
/// The document is TOML. All its faults are answered at once, each with its line. A published version
/// never changes: a change is a new version, and cases keep the one they were given.
#[utoipa::path(
    tag = "Rules",
    request_body = PublishRulePack,
    responses((status = 201, description = "The published version", body = RulePackView)),
)]
#[post("/v1/rule-packs")]
pub async fn publish_rule_pack(
    call: Call<Op>,
    body: Json<PublishRulePack>,
) -> Result<HttpResponse, Problem> {
    call.write(body, |work, asked| {
        let view = RulePackView::from(&rule_packs::publish(work, &asked.document)?);
        let id = format!("{}@{}", view.id, view.version);
        let location = format!("/v1/rule-packs/{}/{}", view.id, view.version);
        Ok(Answer::created(location, view).about(id))
    })
    .await
}
