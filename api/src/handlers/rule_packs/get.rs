use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetRulePack as Op,
    problem::Problem,
    services::rule_packs,
    views::rule_packs::RulePackDetail,
};

/// Show a rule pack.
///
/// One published version: its text, its source and its rules.
#[utoipa::path(
    tag = "Rules",
    params(
        ("id" = String, Path, description = "The pack", example = "cn-default"),
        ("version" = i32, Path, description = "Its version", example = 1),
    ),
    responses((status = 200, description = "The rule pack", body = RulePackDetail)),
)]
#[get("/v1/rule-packs/{id}/{version}")]
pub async fn get_rule_pack(
    call: Call<Op, Bearer>,
    path: Path<(String, i32)>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| {
        let (id, version) = &path.0;
        Ok(Answer::ok(rule_packs::get(work, id, *version)?))
    })
    .await
}
