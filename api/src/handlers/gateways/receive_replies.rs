use actix_web::{HttpResponse, post};
use domain::{gateway_post::PostKind, template::TemplateGateway};
use gateways::{
    aliyun,
    push::{self, Item, NotAPush, Reply, Split},
    tencent,
};

use super::answer::{acknowledge, not_a_post};
use crate::{
    extract::{RawBody, VendorCall},
    operations::ReceiveVendorReplies as Op,
    problem::Problem,
    views::gateways::{VendorAcknowledgement, VendorReplies},
};

/// Hand in what people answered, as a vendor of SMS.
///
/// For Aliyun (SmsUp) and Tencent Cloud, by the secret path of the account, like receipts: kept before it
/// is answered, and acted on afterwards, as the replies of the office's own platform are. They name no
/// message: an answer is about the last one that the account sent to the number within a week.
#[utoipa::path(
    tag = "Messages",
    params(
        ("account" = String, Path, description = "The account, by its name in the settings.", example = "aliyun-main"),
        ("secret" = String, Path, description = "What only the vendor knows."),
    ),
    request_body = VendorReplies,
    responses((status = 200, description = "Taken", body = VendorAcknowledgement)),
)]
#[post("/v1/gateways/{account}/{secret}/replies")]
pub async fn receive_vendor_replies(
    call: VendorCall<Op>,
    body: RawBody,
) -> Result<HttpResponse, Problem> {
    let split = match call.vendor.form {
        TemplateGateway::Aliyun => push::split(&body.0, aliyun::reply::parse, Reply::identity),
        TemplateGateway::Tencent => only(&body.0),
        // Its messages come by a path of their own.
        TemplateGateway::Wechat => return Err(Problem::not_found("path")),
    };
    let split = split.map_err(not_a_post)?;
    call.keep(PostKind::Reply, split.items).await?;
    acknowledge(call.vendor.form, &split.unreadable)
}

/// Tencent Cloud posts one reply at a time.
fn only(body: &[u8]) -> Result<Split, NotAPush> {
    let reply = tencent::reply::parse(body)?;
    let body = std::str::from_utf8(body).or(Err(NotAPush))?;
    let item = Item {
        identity: reply.identity(),
        body: body.to_owned(),
    };
    Ok(Split {
        items: vec![item],
        unreadable: Vec::new(),
    })
}
