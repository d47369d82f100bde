//! SendBatchSms: up to 100 numbers, each with its own signature and values, by one template.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::AttemptId;
use serde_json::Value;

use super::{
    AliyunGateway,
    send::{json_of, number},
};
use crate::{Accepted, Failure, SendError};

/// Numbers in one call (help.aliyun.com 102364).
pub const MOST: usize = 100;

/// Messages that leave together. One reference comes back for all of them: a receipt is joined by it
/// and the number. `Debug` shows no number and no value.
#[derive(Clone)]
pub struct Batch {
    /// The attempt they are made by; comes back in each receipt.
    pub attempt_id: AttemptId,
    /// The vendor's id of the template.
    pub provider_template_id: String,
    /// Each number once.
    pub items: Vec<BatchItem>,
    /// When the attempt is made (UTC).
    pub sent_at: DateTime<Utc>,
}

/// One message of a [`Batch`].
#[derive(Clone)]
pub struct BatchItem {
    /// Number in E.164.
    pub recipient: String,
    /// The words of the signature, without 【】.
    pub signature: String,
    /// Name and value of each variable.
    pub params: Vec<(String, String)>,
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("attempt_id", &self.attempt_id)
            .field("provider_template_id", &self.provider_template_id)
            .field("items", &self.items.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BatchItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BatchItem(..)")
    }
}

impl AliyunGateway {
    /// Hands up to [`MOST`] messages over, all or none.
    ///
    /// # Errors
    /// [`SendError`], for all of them.
    pub async fn send_batch(&self, batch: &Batch) -> Result<Accepted, SendError> {
        if batch.items.is_empty() || batch.items.len() > MOST {
            return Err(SendError::new(Failure::Permanent, "batch_size"));
        }
        let numbers = batch
            .items
            .iter()
            .map(|item| Ok(Value::String(number(&item.recipient)?)))
            .collect::<Result<Vec<_>, SendError>>()?;
        let signatures: Vec<&str> = batch.items.iter().map(|it| it.signature.as_str()).collect();
        let params: Vec<String> = batch.items.iter().map(|it| json_of(&it.params)).collect();
        let numbers = Value::from(numbers).to_string();
        let signatures = Value::from(signatures).to_string();
        let params = format!("[{}]", params.join(","));
        let out_id = batch.attempt_id.to_string();
        let query = [
            ("TemplateCode", batch.provider_template_id.as_str()),
            ("OutId", &out_id),
        ];
        let extensions = self
            .extend_code
            .as_ref()
            .map(|code| Value::from(vec![code.as_str(); batch.items.len()]).to_string());
        let mut form = vec![
            ("PhoneNumberJson", numbers.as_str()),
            ("SignNameJson", &signatures),
            ("TemplateParamJson", &params),
        ];
        if let Some(extensions) = &extensions {
            form.push(("SmsUpExtendCodeJson", extensions));
        }
        self.take("SendBatchSms", &query, &form, batch.sent_at)
            .await
    }
}
