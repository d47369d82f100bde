//! SendSms: one text to one number or to several, with a verdict for each.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{TencentGateway, codes::classify};
use crate::{Accepted, Failure, Outgoing, SendError, push::e164, wire_text};

/// Numbers in one call (cloud.tencent.com 382/55981).
pub const MOST: usize = 200;
/// What the vendor calls a number it took.
const OK: &str = "Ok";

/// One text to several numbers. `Debug` shows no number and no value.
#[derive(Clone, Copy)]
pub struct SendSms<'a> {
    /// Numbers in E.164, each once.
    pub recipients: &'a [String],
    /// The vendor's id of the template.
    pub provider_template_id: &'a str,
    /// The words of the signature, without 【】.
    pub signature: &'a str,
    /// What fills the template's places, in their order.
    pub params: &'a [&'a str],
    /// Comes back with each verdict, and with nothing after that.
    pub session_context: &'a str,
    /// When the attempt is made (UTC).
    pub sent_at: DateTime<Utc>,
}

impl fmt::Debug for SendSms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendSms")
            .field("recipients", &self.recipients.len())
            .field("provider_template_id", &self.provider_template_id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    phone_number_set: &'a [String],
    sms_sdk_app_id: &'a str,
    sign_name: &'a str,
    template_id: &'a str,
    template_param_set: &'a [&'a str],
    session_context: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extend_code: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    send_status_set: Vec<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    #[serde(default)]
    serial_no: String,
    #[serde(default)]
    phone_number: String,
    code: String,
}

impl TencentGateway {
    pub(super) async fn send_one(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let refused = |what| SendError::new(Failure::Permanent, what);
        let number = e164(&message.recipient).ok_or_else(|| refused("invalid_number"))?;
        let template = message
            .template
            .as_ref()
            .ok_or_else(|| refused("template_missing"))?;
        let signature = message
            .signature()
            .ok_or_else(|| refused("signature_missing"))?;
        let params: Vec<&str> = template
            .params
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        let verdicts = self
            .send_sms(&SendSms {
                recipients: &[number],
                provider_template_id: &template.provider_template_id,
                signature,
                params: &params,
                session_context: &message.attempt_id.to_string(),
                sent_at: message.sent_at,
            })
            .await?;
        verdicts
            .into_iter()
            .next()
            .unwrap_or_else(|| Err(no_verdict()))
    }

    /// Hands a text over for up to [`MOST`] numbers; answers a verdict for each, in their order.
    ///
    /// # Errors
    /// [`SendError`], when the whole call was refused or its outcome is not known.
    pub async fn send_sms(
        &self,
        call: &SendSms<'_>,
    ) -> Result<Vec<Result<Accepted, SendError>>, SendError> {
        if call.recipients.is_empty() || call.recipients.len() > MOST {
            return Err(SendError::new(Failure::Permanent, "batch_size"));
        }
        let answer: Answer = self.call("SendSms", &self.body(call), call.sent_at).await?;
        Ok(verdicts(call, &answer.send_status_set))
    }

    fn body<'a>(&'a self, call: &SendSms<'a>) -> Body<'a> {
        Body {
            phone_number_set: call.recipients,
            sms_sdk_app_id: &self.sdk_app_id,
            sign_name: call.signature,
            template_id: call.provider_template_id,
            template_param_set: call.params,
            session_context: call.session_context,
            extend_code: self.extend_code.as_deref(),
        }
    }
}

/// A verdict for each number. One the answer passes over may have been taken.
fn verdicts(call: &SendSms<'_>, statuses: &[Status]) -> Vec<Result<Accepted, SendError>> {
    let same = |status: &Status, number: &String| {
        status.phone_number == *number || e164(&status.phone_number).as_ref() == Some(number)
    };
    call.recipients
        .iter()
        .map(|number| {
            let status = statuses
                .iter()
                .find(|status| same(status, number))
                .ok_or_else(no_verdict)?;
            if status.code == OK {
                return Ok(Accepted {
                    provider_message_id: wire_text::reference(&status.serial_no),
                    delivered: false,
                });
            }
            Err(classify(&status.code, call.sent_at))
        })
        .collect()
}

fn no_verdict() -> SendError {
    SendError::new(Failure::Unknown, "no_verdict")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value;

    use super::*;
    use crate::tencent::{ENDPOINT, REGION, TencentSettings};

    fn call<'a>(recipients: &'a [String], params: &'a [&'a str]) -> SendSms<'a> {
        SendSms {
            recipients,
            provider_template_id: "1110",
            signature: "腾讯云",
            params,
            session_context: "msg-01HZY8K3",
            sent_at: "2026-01-15T08:30:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_body_is_the_recorded_one_byte_for_byte() {
        let text = include_str!("../../fixtures/tencent_tc3_sendsms.json");
        let fixture: Value = serde_json::from_str(text).unwrap();
        let gateway = TencentGateway::new(&TencentSettings {
            endpoint: ENDPOINT.to_owned(),
            region: REGION.to_owned(),
            secret_id: "id".to_owned(),
            secret_key: "key".into(),
            sdk_app_id: "1400006666".to_owned(),
            extend_code: None,
            timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(1),
            allow_private_addresses: false,
        })
        .unwrap();
        let numbers = ["+8613800138000".to_owned()];
        let call = call(&numbers, &["张三", "9:00"]);
        let body = serde_json::to_string(&gateway.body(&call)).unwrap();
        assert_eq!(body, fixture["utf8_body"]["body"]);
    }

    #[test]
    fn each_number_has_its_own_verdict() {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let recorded: Value = serde_json::from_str(text).unwrap();
        let response = &recorded["responses"]["tencent_ok_and_failed"]["body"]["Response"];
        let answer: Answer = serde_json::from_value(response.clone()).unwrap();
        let numbers = ["+8613900139000", "+8613800138000", "+8613700137000"].map(str::to_owned);
        let [limited, taken, passed_over] = verdicts(&call(&numbers, &[]), &answer.send_status_set)
            .try_into()
            .unwrap();
        let limited = limited.unwrap_err();
        assert_eq!(limited.class, Failure::Quota);
        assert_eq!(limited.code, "LimitExceeded.PhoneNumberDailyLimit");
        let serial = "5000:1045710669157053657849499619";
        assert_eq!(taken.unwrap().provider_message_id.as_deref(), Some(serial));
        assert_eq!(passed_over, Err(no_verdict()));
    }

    #[test]
    fn only_ok_is_taken() {
        let numbers = ["+8613800138000".to_owned()];
        for code in ["OK", "ok", "", "Success", "FailedOperation.SomethingNew"] {
            let status = Status {
                serial_no: "5000:1".to_owned(),
                phone_number: "+8613800138000".to_owned(),
                code: code.to_owned(),
            };
            let verdict = verdicts(&call(&numbers, &[]), &[status]).remove(0);
            assert_eq!(verdict.unwrap_err().class, Failure::Permanent, "{code}");
        }
    }
}
