//! SendSms: one message to one number.

use chrono::{DateTime, Utc};
use domain::contact::Phone;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::AliyunGateway;
use crate::{Accepted, Failure, Outgoing, SendError, wire_text};

/// What the vendor answers to what it took.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Taken {
    #[serde(default)]
    biz_id: Option<String>,
}

impl AliyunGateway {
    pub(super) async fn send_sms(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let number = number(&message.recipient)?;
        let missing = |what| SendError::new(Failure::Permanent, what);
        let template = message
            .template
            .as_ref()
            .ok_or_else(|| missing("template_missing"))?;
        let signature = message
            .signature()
            .ok_or_else(|| missing("signature_missing"))?;
        let params = json_of(&template.params);
        let out_id = message.attempt_id.to_string();
        let mut query = vec![
            ("PhoneNumbers", number.as_str()),
            ("SignName", signature),
            ("TemplateCode", &template.provider_template_id),
            ("OutId", &out_id),
        ];
        if !template.params.is_empty() {
            query.push(("TemplateParam", &params));
        }
        if let Some(extend_code) = &self.extend_code {
            query.push(("SmsUpExtendCode", extend_code));
        }
        self.take("SendSms", &query, &[], message.sent_at).await
    }

    /// A call that hands messages over.
    pub(super) async fn take(
        &self,
        action: &'static str,
        query: &[(&str, &str)],
        form: &[(&str, &str)],
        now: DateTime<Utc>,
    ) -> Result<Accepted, SendError> {
        let taken: Taken = self.call(action, query, form, now).await?;
        Ok(Accepted {
            provider_message_id: taken.biz_id.as_deref().and_then(wire_text::reference),
            delivered: false,
        })
    }
}

/// The eleven digits the vendor repeats in its receipts.
pub(super) fn number(recipient: &str) -> Result<String, SendError> {
    let phone =
        Phone::parse(recipient).or(Err(SendError::new(Failure::Permanent, "invalid_number")))?;
    Ok(phone.as_str().to_owned())
}

/// The variables as the vendor wants them: an object of texts.
pub(super) fn json_of(params: &[(String, String)]) -> String {
    let params: Map<String, Value> = params
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    Value::Object(params).to_string()
}
