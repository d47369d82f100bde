//! What the platform answers. HTTP 200 says nothing: the verdict is the `errcode` in the body.

use chrono::{DateTime, Utc};
use reqwest::Response;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{Failure, SendError, http};

/// The recipient declined, or has no credit left: see [`domain::subscription_credit`].
const NO_CREDIT: i64 = 43_101;

/// `{"errcode":0,"errmsg":"ok","msgid":123}`. The text is not kept: it may repeat what we sent.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    errcode: i64,
    #[serde(default)]
    msgid: Option<serde_json::Number>,
}

/// What every answer has in it.
pub(super) trait Verdict: DeserializeOwned {
    /// 0: it was done.
    fn errcode(&self) -> i64;

    /// The token is not valid, or not any more.
    fn refuses_the_token(&self) -> bool {
        matches!(self.errcode(), 40_001 | 40_014 | 42_001)
    }
}

impl Verdict for Answer {
    fn errcode(&self) -> i64 {
        self.errcode
    }
}

impl Answer {
    /// The platform's id of the message: a 64-bit integer, which JSON readers of other languages round.
    pub fn into_id(self) -> Result<Option<String>, SendError> {
        if self.errcode == 0 {
            return Ok(self.msgid.map(|id| id.to_string()));
        }
        Err(refused(self.errcode))
    }
}

/// The failure of an `errcode`; its code reads `errcode_43101`.
pub(super) fn refused(errcode: i64) -> SendError {
    SendError::new(class_of(errcode), format!("errcode_{errcode}"))
}

/// Whether a failed send says that the recipient has no credit left ([`SendError::code`]).
pub fn says_no_credit(code: &str) -> bool {
    code.strip_prefix("errcode_").is_some_and(is_no_credit)
}

/// The same of the number alone, as the events of the platform write it.
pub(super) fn is_no_credit(number: &str) -> bool {
    number.parse() == Ok(NO_CREDIT)
}

/// What an `errcode` means (vendor documentation of the calls, "return codes"). The message was not
/// taken; one that is not known here may be tried again.
const fn class_of(errcode: i64) -> Failure {
    match errcode {
        // The recipient: no such one, does not follow, refuses, no credit. The text: a field that breaks
        // the rule of its type, JSON of another form.
        40_003 | 43_004 | 43_019 | 48_002 | NO_CREDIT | 47_001 | 47_003 => Failure::Permanent,
        // Limits of the day and of the minute.
        45_009 | 45_011 => Failure::Quota,
        // Secret, app, token, template, page, right to call, address of ours.
        40_001 | 40_002 | 40_013 | 40_014 | 40_036 | 40_037 | 40_125 | 40_164 | 40_243 | 41_001
        | 41_002 | 41_004 | 41_028 | 41_030 | 42_001 | 48_001 | 48_004 | 50_002 | 61_024
        | 89_501 | 89_503 | 89_506 | 89_507 => Failure::Configuration,
        _ => Failure::Transient,
    }
}

/// Reads an answer that came at `now` (UTC). One that cannot be read leaves open whether a message was
/// taken.
pub(super) async fn read<T: Verdict>(
    response: Response,
    now: DateTime<Utc>,
) -> Result<T, SendError> {
    let body = http::json_body(response, now).await?;
    serde_json::from_slice(&body).or(Err(SendError::new(Failure::Unknown, "answer_invalid")))
}

/// Reads the answer to a request for a token.
pub(super) async fn read_token<T: DeserializeOwned>(
    response: Response,
    now: DateTime<Utc>,
) -> Result<T, SendError> {
    let body = http::json_body(response, now).await?;
    if let Ok(token) = serde_json::from_slice(&body) {
        return Ok(token);
    }
    let answer: Result<Answer, _> = serde_json::from_slice(&body);
    Err(answer.map_or_else(
        |_| SendError::new(Failure::Transient, "answer_invalid"),
        |answer| refused(answer.errcode),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(text: &str) -> Result<Option<String>, SendError> {
        serde_json::from_str::<Answer>(text).unwrap().into_id()
    }

    /// The recorded answers.
    #[test]
    fn recorded_answers_mean_what_the_vendor_says() {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let recorded: serde_json::Value = serde_json::from_str(text).unwrap();
        let of = |name: &str| answer(&recorded["responses"][name]["body"].to_string());
        assert_eq!(of("wechat_template_ok"), Ok(Some("200228332".to_owned())));
        let id = "1988810812324364291".to_owned();
        assert_eq!(of("wechat_subscribe_ok"), Ok(Some(id)));
        let refusals = [
            ("wechat_refused", Failure::Permanent, "errcode_43101"),
            (
                "wechat_token_expired",
                Failure::Configuration,
                "errcode_42001",
            ),
            ("wechat_arg_invalid", Failure::Permanent, "errcode_47003"),
            ("wechat_quota", Failure::Quota, "errcode_45009"),
        ];
        for (name, class, code) in refusals {
            assert_eq!(of(name), Err(SendError::new(class, code)), "{name}");
        }
    }

    #[test]
    fn busy_is_tried_again_and_only_one_code_takes_the_credits() {
        assert_eq!(
            refused(-1),
            SendError::new(Failure::Transient, "errcode_-1")
        );
        assert!(says_no_credit(&refused(43_101).code));
        for other in [
            "errcode_43102",
            "errcode_43004",
            "43101",
            "errcode_",
            "http_503",
        ] {
            assert!(!says_no_credit(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_code_but_nought_counts_as_taken(errcode in any::<i64>(), msgid in any::<u64>()) {
            let taken = answer(&format!(r#"{{"errcode":{errcode},"msgid":{msgid}}}"#));
            prop_assert_eq!(taken.is_ok(), errcode == 0);
            if let Err(error) = taken {
                prop_assert_eq!(error.code, format!("errcode_{errcode}"));
                prop_assert_ne!(error.class, Failure::Unknown);
            }
        }
    }
}
