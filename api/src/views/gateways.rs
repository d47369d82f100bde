//! What vendors post and are answered, for the document; it is read by [`gateways::push`].

use serde::Serialize;
use utoipa::ToSchema;

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
