//! What it tells of the messages it took, when it is asked.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Parameters, State, Taken};
use crate::fakes::mainland::local;

/// How long it keeps them.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Most on a page.
const PAGE: usize = 50;

impl State {
    /// Answers QuerySendDetails: one number's messages of one day, the last first.
    pub(super) fn details(
        &self,
        given: &Parameters,
        now: DateTime<Utc>,
    ) -> Result<Value, &'static str> {
        let number = |name: &str| given.text(name).parse::<usize>().ok();
        let size = number("PageSize").filter(|size| (1..=PAGE).contains(size));
        let page = number("CurrentPage").filter(|page| *page >= 1);
        let (size, page) = size.zip(page).ok_or("isv.INVALID_PARAMETERS")?;
        let found: Vec<&Taken> = self
            .taken
            .iter()
            .rev()
            .filter(|taken| taken.to == given.text("PhoneNumber"))
            .filter(|taken| local(taken.at).format("%Y%m%d").to_string() == given.text("SendDate"))
            .filter(|taken| now - taken.at >= self.lag && now - taken.at < KEPT)
            .collect();
        let shown = found.iter().skip(size * (page - 1)).take(size);
        let shown: Vec<Value> = shown.map(|taken| self.detail(taken)).collect();
        Ok(json!({
            "Code": "OK", "Message": "OK", "RequestId": "fake",
            "TotalCount": found.len().to_string(),
            "SmsSendDetailDTOs": { "SmsSendDetailDTO": shown },
        }))
    }

    fn detail(&self, taken: &Taken) -> Value {
        let receipt = self.receipts.get(&(taken.biz_id.clone(), taken.to.clone()));
        let status = receipt.map_or(1, |receipt| if receipt["success"] == true { 3 } else { 2 });
        json!({
            "PhoneNum": taken.to,
            "OutId": taken.out_id,
            "SendStatus": status,
            "ErrCode": receipt.map_or(Value::Null, |receipt| receipt["err_code"].clone()),
            "ReceiveDate": receipt.map_or(Value::Null, |receipt| receipt["report_time"].clone()),
            "TemplateCode": taken.template,
            "Content": taken.text,
        })
    }
}
