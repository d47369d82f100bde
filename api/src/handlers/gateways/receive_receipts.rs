use actix_web::{HttpResponse, post};
use domain::{gateway_post::PostKind, template::TemplateGateway};
use gateways::{
    aliyun,
    push::{self, Report},
    tencent,
};

use super::answer::{acknowledge, not_a_post};
use crate::{
    extract::{RawBody, VendorCall},
    operations::ReceiveVendorReceipts as Op,
    problem::Problem,
    views::gateways::{VendorAcknowledgement, VendorReceipt},
};

/// Report what became of messages, as a vendor of SMS.
///
/// For Aliyun (SmsReport) and Tencent Cloud, which sign nothing: the path is the secret, made for the
/// account in the settings and entered in the vendor's console. Another secret, another account and an
/// address from which the account does not post answer alike. What was posted is kept before it is
/// answered, in the vendor's words, and acted on afterwards; it may come more than once, late, and
/// before we know of the message. One that cannot be read is named in the answer; the others of the
/// same post are kept all the same.
#[utoipa::path(
    tag = "Messages",
    params(
        ("account" = String, Path, description = "The account, by its name in the settings.", example = "aliyun-main"),
        ("secret" = String, Path, description = "What only the vendor knows."),
    ),
    request_body = Vec<VendorReceipt>,
    responses((status = 200, description = "Taken", body = VendorAcknowledgement)),
)]
#[post("/v1/gateways/{account}/{secret}/receipts")]
pub async fn receive_vendor_receipts(
    call: VendorCall<Op>,
    body: RawBody,
) -> Result<HttpResponse, Problem> {
    let split = match call.vendor.form {
        TemplateGateway::Aliyun => push::split(&body.0, aliyun::receipt::parse, Report::identity),
        TemplateGateway::Tencent => push::split(&body.0, tencent::receipt::parse, Report::identity),
        // Its events come by a path of their own.
        TemplateGateway::Wechat => return Err(Problem::not_found("path")),
    };
    let split = split.map_err(not_a_post)?;
    call.keep(PostKind::Receipt, split.items).await?;
    acknowledge(call.vendor.form, &split.unreadable)
}
