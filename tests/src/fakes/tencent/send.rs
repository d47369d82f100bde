//! Messages on their way in: each number judged by itself.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{State, Taken};
use crate::fakes::mainland::is_mobile;

fn texts(value: &Value) -> Option<Vec<String>> {
    let values = value.as_array()?.iter();
    values
        .map(|value| Some(value.as_str()?.to_owned()))
        .collect()
}

impl State {
    /// Answers SendSms: each number has a verdict of its own.
    pub(super) fn send(
        &mut self,
        body: &Value,
        forced: Option<&'static str>,
        now: DateTime<Utc>,
    ) -> Result<Value, &'static str> {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let numbers = texts(&body["PhoneNumberSet"]).ok_or("InvalidParameter")?;
        let params = texts(&body["TemplateParamSet"]).ok_or("InvalidParameter")?;
        if numbers.is_empty() {
            return Err("MissingParameter");
        }
        if numbers.len() > 200 {
            return Err("LimitExceeded.PhoneNumberCountLimit");
        }
        let is_domestic = |number: &String| number.starts_with("+86");
        if numbers.iter().any(is_domestic) && !numbers.iter().all(is_domestic) {
            return Err("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber");
        }
        if text("SessionContext").len() >= 512 {
            return Err("InvalidParameterValue.SessionContextLengthLimit");
        }
        let mut statuses = Vec::new();
        for (place, to) in numbers.into_iter().enumerate() {
            let mut next = Taken {
                serial_no: format!("5000:{:06}{place:03}", self.calls),
                session_context: text("SessionContext"),
                to,
                signature: text("SignName"),
                template: text("TemplateId"),
                params: params.clone(),
                text: String::new(),
                at: now,
            };
            let verdict = forced.map_or_else(|| self.judge(&mut next), Err);
            statuses.push(json!({
                "SerialNo": if verdict.is_ok() { &next.serial_no } else { "" },
                "PhoneNumber": next.to,
                "Fee": u8::from(verdict.is_ok()),
                "SessionContext": next.session_context,
                "Code": verdict.err().unwrap_or("Ok"),
                "Message": "",
                "IsoCode": "CN",
            }));
            if verdict.is_ok() {
                self.taken.push(next);
            }
        }
        Ok(json!({ "SendStatusSet": statuses, "RequestId": "fake" }))
    }

    fn judge(&self, next: &mut Taken) -> Result<(), &'static str> {
        if !next.to.strip_prefix("+86").is_some_and(is_mobile) {
            return Err("InvalidParameterValue.IncorrectPhoneNumber");
        }
        if !self.signatures.contains(&next.signature) {
            return Err("FailedOperation.SignatureIncorrectOrUnapproved");
        }
        let template = self.templates.get(&next.template);
        let template = template.ok_or("FailedOperation.TemplateUnapprovedOrNotExist")?;
        next.text = template.fill(self.terms, &next.signature, &next.params)?;
        self.frequency.check(&self.taken, next)
    }
}
