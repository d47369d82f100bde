use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Json},
    operations::CheckRulePack as Op,
    problem::Problem,
    services::rule_packs,
    views::rule_packs::{PublishRulePack, RulePackCheck},
};

/// Check a rule pack.
///
/// Says what publishing the document would say: every fault with its line and column. Nothing is
/// stored.
#[utoipa::path(
    tag = "Rules",
    request_body = PublishRulePack,
    responses((status = 200, description = "The faults, if any", body = RulePackCheck)),
)]
#[post("/v1/rule-packs/checks")]
pub async fn check_rule_pack(
    call: Call<Op, Bearer>,
    body: Json<PublishRulePack>,
) -> Result<HttpResponse, Problem> {
    let asked = body.value;
    call.read(move |work| Ok(Answer::ok(rule_packs::check(work, &asked.document)?)))
        .await
}
