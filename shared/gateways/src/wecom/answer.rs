//! What WeCom answers. HTTP 200 says nothing, and `errcode` 0 not all.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::{Accepted, Failure, SendError, access_token::Granted, wire_text};

/// The answer to a message.
#[derive(Deserialize)]
pub(super) struct Answer {
    errcode: i64,
    #[serde(default)]
    invaliduser: String,
    #[serde(default)]
    unlicenseduser: String,
    #[serde(default)]
    msgid: String,
}

/// The answer to a request for a token.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    errcode: i64,
    #[serde(default)]
    access_token: SecretString,
    #[serde(default)]
    expires_in: i64,
}

impl TokenAnswer {
    pub fn into_token(self) -> Result<Granted, SendError> {
        if self.errcode != 0 {
            return Err(refused(self.errcode));
        }
        if self.access_token.expose_secret().is_empty() {
            return Err(SendError::new(Failure::Transient, "answer_invalid"));
        }
        Ok(Granted {
            token: self.access_token,
            expires_in: self.expires_in,
        })
    }
}

impl Answer {
    /// The token is not valid, or not any more.
    pub fn refuses_the_token(&self) -> bool {
        matches!(self.errcode, 40_014 | 42_001)
    }

    /// What it says about this person. User ids are compared without regard to case, as WeCom does.
    pub fn verdict(self, user: &str) -> Result<Accepted, SendError> {
        if self.errcode != 0 {
            return Err(refused(self.errcode));
        }
        let names = |list: &str| list.split('|').any(|one| one.eq_ignore_ascii_case(user));
        if names(&self.invaliduser) {
            return Err(SendError::new(Failure::Permanent, "invalid_user"));
        }
        if names(&self.unlicenseduser) {
            return Err(SendError::new(Failure::Permanent, "unlicensed_user"));
        }
        Ok(Accepted {
            provider_message_id: wire_text::reference(&self.msgid),
            delivered: false,
        })
    }
}

fn refused(errcode: i64) -> SendError {
    SendError::new(class_of(errcode), format!("errcode_{errcode}"))
}

/// What an `errcode` means (WeCom, "全局错误码"). The message was not taken; one that is not known here
/// may be tried again.
const fn class_of(errcode: i64) -> Failure {
    match errcode {
        // No such member, or all of them outside of the app's range.
        40_003 | 40_031 | 46_004 | 60_111 | 81_013 => Failure::Permanent,
        // Calls a minute and messages a day; the former is blocked for 60 seconds to a day.
        45_009 | 45_033 => Failure::Quota,
        // Secret, corporation, token, app, right of the app, address of ours.
        40_001 | 40_013 | 40_014 | 40_056 | 40_058 | 41_001 | 41_002 | 41_004 | 41_011 | 42_001
        | 48_002 | 50_001 | 60_011 | 60_020 | 301_002 => Failure::Configuration,
        _ => Failure::Transient,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(body: &str, user: &str) -> Result<Accepted, SendError> {
        serde_json::from_str::<Answer>(body).unwrap().verdict(user)
    }

    /// `errcode` 0, one person invalid, one without a licence.
    #[test]
    fn a_partial_failure_is_one_for_those_it_names() {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let recorded: serde_json::Value = serde_json::from_str(text).unwrap();
        let body = recorded["responses"]["wecom_partial"]["body"].to_string();
        let permanent = |code: &str| Err(SendError::new(Failure::Permanent, code));
        assert_eq!(verdict(&body, "userid1"), permanent("invalid_user"));
        assert_eq!(verdict(&body, "UserID1"), permanent("invalid_user"));
        assert_eq!(verdict(&body, "userid3"), permanent("unlicensed_user"));
        let taken = verdict(&body, "userid2").unwrap();
        assert_eq!(taken.provider_message_id.as_deref(), Some("xxxx"));
        assert!(!taken.delivered);
    }

    #[test]
    fn each_refusal_has_its_class() {
        for (errcode, class) in [
            (81_013, Failure::Permanent),
            (45_009, Failure::Quota),
            (60_020, Failure::Configuration),
            (40_001, Failure::Configuration),
            (42_001, Failure::Configuration),
            (-1, Failure::Transient),
            (999_999, Failure::Transient),
        ] {
            let body = format!(r#"{{"errcode":{errcode},"errmsg":"x","invaliduser":""}}"#);
            let expected = SendError::new(class, format!("errcode_{errcode}"));
            assert_eq!(verdict(&body, "a"), Err(expected));
        }
    }

    #[test]
    fn a_token_is_none_without_one() {
        let read = |body: &str| {
            serde_json::from_str::<TokenAnswer>(body)
                .unwrap()
                .into_token()
        };
        let token = read(r#"{"errcode":0,"access_token":"t-1","expires_in":7200}"#).unwrap();
        assert_eq!(
            (token.token.expose_secret(), token.expires_in),
            ("t-1", 7_200)
        );
        let refused = read(r#"{"errcode":40001,"errmsg":"invalid credential"}"#).unwrap_err();
        assert_eq!(refused.class, Failure::Configuration);
        assert_eq!(
            read(r#"{"errcode":0}"#).unwrap_err().class,
            Failure::Transient
        );
    }
}
