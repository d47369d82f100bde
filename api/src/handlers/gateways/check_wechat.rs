use actix_web::{HttpResponse, get};

use super::answer::not_believed;
use crate::{
    extract::{Query, VendorCall},
    operations::CheckWechatCallback as Op,
    problem::Problem,
    views::gateways::WechatQuery,
};

/// Answer WeChat's check of the address.
///
/// When the address is entered in the console of the account, WeChat calls it once and expects the
/// `echostr` back. Other parameters are passed over.
#[utoipa::path(
    tag = "Messages",
    params(
        ("account" = String, Path, description = "The account, by its name in the settings.", example = "service-account"),
        WechatQuery,
    ),
    responses((status = 200, description = "The `echostr`", body = String, content_type = "text/plain")),
)]
#[get("/v1/gateways/{account}/wechat")]
pub async fn check_wechat_callback(
    call: VendorCall<Op>,
    query: Query<WechatQuery>,
) -> Result<HttpResponse, Problem> {
    let keys = call
        .vendor
        .keys()
        .ok_or_else(|| Problem::not_found("path"))?;
    let checked = keys.check_url(query.0.signed_alone(), call.now);
    checked.map_err(not_believed)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(query.0.echostr))
}
