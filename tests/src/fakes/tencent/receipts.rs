//! What it tells of the messages it took, when it is asked.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{State, Taken};

/// What the carrier said.
#[derive(Debug)]
pub(super) struct Receipt {
    pub about: Taken,
    pub success: bool,
    pub code: String,
    pub at: DateTime<Utc>,
    pub was_pulled: bool,
}

impl State {
    /// Answers PullSmsSendStatus: what was not asked for yet.
    pub(super) fn pull(&mut self, body: &Value) -> Value {
        let limit = usize::try_from(body["Limit"].as_u64().unwrap().min(100)).unwrap();
        let mut waiting = Vec::new();
        let repeats = self.repeats_context;
        for receipt in self
            .receipts
            .iter_mut()
            .filter(|it| !it.was_pulled)
            .take(limit)
        {
            receipt.was_pulled = true;
            waiting.push(receipt.shown(repeats));
        }
        json!({ "PullSmsSendStatusSet": waiting, "RequestId": "fake" })
    }

    /// Answers PullSmsSendStatusByPhoneNumber: one number's receipts of a span of time.
    pub(super) fn pull_by_number(
        &self,
        body: &Value,
        now: DateTime<Utc>,
    ) -> Result<Value, &'static str> {
        let instant = |name: &str| {
            body[name]
                .as_i64()
                .and_then(|it| DateTime::from_timestamp(it, 0))
        };
        let (begin, end) = (
            instant("BeginTime").ok_or("MissingParameter")?,
            instant("EndTime"),
        );
        if body["Offset"] != 0 || now - begin > TimeDelta::days(7) {
            return Err("InvalidParameter");
        }
        let found: Vec<Value> = self
            .receipts
            .iter()
            .filter(|receipt| receipt.about.to == body["PhoneNumber"].as_str().unwrap())
            .filter(|receipt| receipt.at >= begin && end.is_none_or(|end| receipt.at <= end))
            .take(100)
            .map(|receipt| receipt.shown(self.repeats_context))
            .collect();
        Ok(json!({ "PullSmsSendStatusSet": found, "RequestId": "fake" }))
    }
}

impl Receipt {
    fn shown(&self, repeats_context: bool) -> Value {
        json!({
            "UserReceiveTime": self.at.timestamp(),
            "CountryCode": "86",
            "SubscriberNumber": self.about.to.trim_start_matches("+86"),
            "PhoneNumber": self.about.to,
            "SerialNo": self.about.serial_no,
            "ReportStatus": if self.success { "SUCCESS" } else { "FAIL" },
            "Description": self.code,
            "SessionContext": if repeats_context { &self.about.session_context } else { "" },
        })
    }
}
