//! Messages on their way in: judged one by one, and taken all or none.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{State, Taken, business, counters::full, refused, template::Template};
use crate::fakes::{
    mainland::is_mobile,
    wire::{Reaction, Request},
};

impl State {
    /// Answers SendSms: one text to many.
    pub(super) fn send(
        &mut self,
        given: &Parameters,
        now: DateTime<Utc>,
    ) -> Result<Value, Reaction> {
        let numbers: Vec<String> = given
            .text("PhoneNumbers")
            .split(',')
            .map(str::to_owned)
            .collect();
        if numbers.len() > 1_000 {
            return Err(business("isv.MOBILE_COUNT_OVER_LIMIT"));
        }
        let params = given.0.get("TemplateParam").map_or("{}", String::as_str);
        let params: Value =
            serde_json::from_str(params).or(Err(business("isv.INVALID_JSON_PARAM")))?;
        let messages = numbers
            .into_iter()
            .map(|number| (number, given.text("SignName").to_owned(), params.clone()))
            .collect();
        self.take(given, messages, now)
    }

    /// Answers SendBatchSms: a signature and values of its own for each.
    pub(super) fn send_batch(
        &mut self,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<Value, Reaction> {
        if request.header("content-type") != Some("application/x-www-form-urlencoded") {
            return Err(refused(415, "UnsupportedMediaType", "refused"));
        }
        let form = Parameters::of_text(&String::from_utf8_lossy(&request.body));
        let list = |name: &str| -> Result<Vec<Value>, Reaction> {
            serde_json::from_str(form.text(name)).or(Err(business("isv.INVALID_JSON_PARAM")))
        };
        let (numbers, signatures) = (list("PhoneNumberJson")?, list("SignNameJson")?);
        let params = list("TemplateParamJson")?;
        if numbers.len() != signatures.len() || numbers.len() != params.len() {
            return Err(business("isv.INVALID_PARAMETERS"));
        }
        if numbers.len() > 100 {
            return Err(business("isv.MOBILE_COUNT_OVER_LIMIT"));
        }
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let messages = numbers.into_iter().zip(signatures).zip(params);
        let messages = messages
            .map(|((number, signature), params)| (text(number), text(signature), params))
            .collect();
        self.take(&Parameters::of_query(request), messages, now)
    }

    /// All or none.
    fn take(
        &mut self,
        given: &Parameters,
        messages: Vec<(String, String, Value)>,
        now: DateTime<Utc>,
    ) -> Result<Value, Reaction> {
        let (biz_id, before) = (format!("9006{:014}^0", self.calls), self.taken.len());
        for (number, signature, params) in messages {
            let out_id = given.text("OutId").to_owned();
            let template = given.text("TemplateCode").to_owned();
            let judged = self.judge(&template, &number, &signature, &params);
            let taken = judged.map_err(business);
            let taken = taken.map(|(to, (params, text))| Taken {
                biz_id: biz_id.clone(),
                out_id,
                to,
                signature,
                template,
                params,
                text,
                at: now,
            });
            let counted = taken.and_then(|next| self.count(next));
            if counted.is_err() {
                self.taken.truncate(before);
            }
            counted?;
        }
        Ok(json!({ "Code": "OK", "Message": "OK", "RequestId": "fake", "BizId": biz_id }))
    }

    /// The number in its eleven digits, and what goes to it.
    fn judge(
        &self,
        template: &str,
        number: &str,
        signature: &str,
        params: &Value,
    ) -> Result<(String, Filled), &'static str> {
        let template = self.templates.get(template);
        let template = template.ok_or("isv.SMS_TEMPLATE_ILLEGAL")?;
        let prefix = ["+86", "0086", "86"]
            .into_iter()
            .find(|prefix| number.starts_with(prefix));
        let digits = &number[prefix.map_or(0, str::len)..];
        if !is_mobile(digits) {
            return Err("isv.MOBILE_NUMBER_ILLEGAL");
        }
        if !self.signatures.contains(signature) {
            return Err("isv.SMS_SIGNATURE_ILLEGAL");
        }
        Ok((digits.to_owned(), template.fill(signature, params)?))
    }

    /// Takes it, unless its number has had enough.
    fn count(&mut self, next: Taken) -> Result<(), Reaction> {
        let is_code = |template: &str| self.templates.get(template).is_some_and(Template::is_code);
        if let Some((window, most)) = full(&self.taken, &next, is_code) {
            let sentence = format!("触发{window}级流控Permits:{most}");
            return Err(refused(200, "isv.BUSINESS_LIMIT_CONTROL", &sentence));
        }
        self.taken.push(next);
        Ok(())
    }
}

/// The values, and the text with them.
type Filled = (BTreeMap<String, String>, String);

/// What a call was given, decoded.
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// In its query.
    pub fn of_query(request: &Request) -> Self {
        Self::of_text(request.query())
    }

    /// In this text.
    pub fn of_text(text: &str) -> Self {
        let url = reqwest::Url::parse(&format!("http://fake/?{text}")).unwrap();
        Self(url.query_pairs().into_owned().collect())
    }

    /// One of them; nothing when it was not given.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}
