use actix_web::{HttpResponse, post};
use domain::gateway_post::PostKind;
use gateways::wechat::callback::Event;

use super::answer::not_believed;
use crate::{
    extract::{Query, RawBody, VendorCall},
    operations::ReceiveWechatCallback as Op,
    problem::Problem,
    views::gateways::{WechatEnvelope, WechatQuery},
};

/// What WeChat wants to hear within five seconds; anything else and it calls three times more.
const SUCCESS: &str = "success";

/// Take in an event of WeChat.
///
/// For the service account's and the mini program's server settings, in safe mode: signed
/// (`msg_signature`), encrypted, and not older than five minutes. What became of messages, what the
/// person accepts to be sent, that they follow the account or left it, and what they write is kept, and
/// acted on afterwards: a text like an answer to a text message, of a picture or anything spoken only that
/// it came. Everything else is answered and forgotten. A repetition changes nothing.
#[utoipa::path(
    tag = "Messages",
    params(
        ("account" = String, Path, description = "The account, by its name in the settings.", example = "service-account"),
        WechatQuery,
    ),
    request_body(content = WechatEnvelope, content_type = "text/xml"),
    responses((status = 200, description = "`success`", body = String, content_type = "text/plain")),
)]
#[post("/v1/gateways/{account}/wechat")]
pub async fn receive_wechat_callback(
    call: VendorCall<Op>,
    query: Query<WechatQuery>,
    body: RawBody,
) -> Result<HttpResponse, Problem> {
    let keys = call
        .vendor
        .keys()
        .ok_or_else(|| Problem::not_found("path"))?;
    let opened = keys.open(query.0.signed(), &body.0, call.now);
    let opened = opened.map_err(not_believed)?;
    let kind = match opened.notice.event {
        Event::Text { .. } | Event::NotText { .. } => Some(PostKind::Reply),
        Event::Other => None,
        _ => Some(PostKind::Event),
    };
    if let Some(kind) = kind {
        call.keep(kind, vec![opened.item]).await?;
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(SUCCESS))
}
