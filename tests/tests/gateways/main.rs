//! The clients of vendors against fake vendors, over real sockets.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails where it met it"
)]

mod aliyun;
#[path = "../worker/capture.rs"]
mod capture;
mod email;
mod tencent;
mod webhook;
mod wechat;
mod wechat_followers;
mod wecom;

use chrono::{DateTime, Utc};
use domain::MessageKind;
use gateways::Outgoing;

/// A message made at an instant (UTC).
fn outgoing(sent_at: DateTime<Utc>) -> Outgoing {
    Outgoing {
        attempt_id: "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap(),
        message_id: "0190163d-8694-739b-aea5-966c26f8ad90".parse().unwrap(),
        recipient: "+8613800138000".to_owned(),
        text: "【城东服务站】王先生您好,您预约的服务请于6月12日17:00前到站办理。".to_owned(),
        kind: MessageKind::AppointmentReminder,
        template: None,
        sent_at,
    }
}
