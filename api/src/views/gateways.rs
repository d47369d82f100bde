//! What vendors post and are answered, for the document; it is read by [`gateways::push`].

use gateways::wechat::callback::SignedQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One receipt, as Aliyun or Tencent Cloud writes it. More fields may be there; they are passed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct VendorReceipt {
    /// Aliyun: our id of the attempt. This or `biz_id` is there.
    pub out_id: Option<String>,
    /// Aliyun: its reference.
    #[schema(example = "900619746936498440^0")]
    pub biz_id: Option<String>,
    /// Aliyun: the number.
    pub phone_number: Option<String>,
    /// Aliyun: whether it arrived.
    pub success: Option<bool>,
    /// Aliyun: the carrier's code.
    #[schema(example = "DELIVERED")]
    pub err_code: Option<String>,
    /// Aliyun: when, by the clocks of China.
    #[schema(example = "2026-01-15 16:30:03")]
    pub report_time: Option<String>,
    /// Tencent Cloud: its reference, always there.
    pub sid: Option<String>,
    /// Tencent Cloud: the country of the number.
    pub nationcode: Option<String>,
    /// Tencent Cloud: the number.
    pub mobile: Option<String>,
    /// Tencent Cloud: `SUCCESS` or `FAIL`.
    pub report_status: Option<String>,
    /// Tencent Cloud: the carrier's code.
    #[schema(example = "DELIVRD")]
    pub errmsg: Option<String>,
    /// Tencent Cloud: when, by the clocks of China.
    #[schema(example = "2026-01-15 16:30:04")]
    pub user_receive_time: Option<String>,
}

/// What the vendor wants to hear, each in its own words.
#[derive(Debug, Serialize, ToSchema)]
pub struct VendorAcknowledgement {
    /// Aliyun: 0.
    #[schema(example = 0)]
    pub code: Option<i32>,
    /// Aliyun: `接收成功`.
    #[schema(example = "接收成功")]
    pub msg: Option<String>,
    /// Tencent Cloud: 0.
    pub result: Option<i32>,
    /// Tencent Cloud: `OK`.
    pub errmsg: Option<String>,
}

/// What WeChat puts into the query of its calls. `Debug` shows nothing: whoever has it can call in the
/// next minutes.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
#[expect(
    missing_debug_implementations,
    reason = "a signature never reaches a log"
)]
pub struct WechatQuery {
    /// Seconds since 1970, UTC.
    #[param(required = true, example = "1768465800")]
    pub timestamp: String,
    /// Any text.
    #[param(required = true)]
    pub nonce: String,
    /// Over timestamp and nonce.
    pub signature: String,
    /// Over the body as well.
    pub msg_signature: String,
    /// To be answered when the address is checked.
    pub echostr: String,
}

impl WechatQuery {
    /// What signs a message.
    pub fn signed(&self) -> SignedQuery<'_> {
        self.by(&self.msg_signature)
    }

    /// What signs a check of the address, which has no body.
    pub fn signed_alone(&self) -> SignedQuery<'_> {
        self.by(&self.signature)
    }

    fn by<'a>(&'a self, signature: &'a str) -> SignedQuery<'a> {
        SignedQuery {
            timestamp: &self.timestamp,
            nonce: &self.nonce,
            signature,
        }
    }
}

/// A call of WeChat in safe mode, as XML, or as JSON for a mini program.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct WechatEnvelope {
    /// The account, by WeChat's name.
    pub to_user_name: Option<String>,
    /// The message, encrypted with the EncodingAESKey, in base64.
    pub encrypt: String,
}

/// What people answered: from Aliyun a list, from Tencent Cloud one.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub enum VendorReplies {
    /// Aliyun.
    Aliyun(Vec<AliyunReply>),
    /// Tencent Cloud.
    Tencent(TencentReply),
}

/// One answer, as Aliyun writes it. More fields may be there; they are passed over.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct AliyunReply {
    /// The number.
    #[schema(example = "13900001111")]
    pub phone_number: String,
    /// What it says.
    #[schema(example = "1")]
    pub content: String,
    /// When, by the clocks of China.
    #[schema(example = "2026-01-15 17:00:00")]
    pub send_time: Option<String>,
    /// The extension it was sent to.
    #[schema(example = "1234")]
    pub dest_code: Option<String>,
    /// The same in every repetition.
    #[schema(example = "1234567890")]
    pub sequence_id: Option<String>,
}

/// One answer, as Tencent Cloud writes it. More fields may be there; they are passed over.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct TencentReply {
    /// The number.
    #[schema(example = "13900001111")]
    pub mobile: String,
    /// The country of the number.
    #[schema(example = "86")]
    pub nationcode: Option<String>,
    /// What it says.
    #[schema(example = "1")]
    pub text: String,
    /// When, in seconds since 1970.
    pub time: Option<i64>,
    /// The extension it was sent to.
    pub extend: Option<String>,
}
