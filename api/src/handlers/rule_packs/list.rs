use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, PageQuery, Query, page::Page},
    operations::ListRulePacks as Op,
    problem::Problem,
    services::rule_packs,
    views::rule_packs::RulePackView,
};

/// List the rule packs.
///
/// Every published version of every pack, by id and version.
#[utoipa::path(
    tag = "Rules",
    params(PageQuery),
    responses((status = 200, description = "A page of rule packs", body = Page<RulePackView>)),
)]
#[get("/v1/rule-packs")]
pub async fn list_rule_packs(
    call: Call<Op, Bearer>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::page(rule_packs::list(work, &query.0)?)))
        .await
}
