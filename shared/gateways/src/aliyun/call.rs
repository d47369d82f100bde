//! One signed call.

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;

use super::{
    AliyunGateway,
    codes::{self, Refused},
    sign::{Signable, canonical_query},
};
use crate::{Failure, SendError, digests::sha256_hex, http};

const VERSION: &str = "2017-05-25";
const FORM: &str = "application/x-www-form-urlencoded";
/// How much of an answer is read: a page of 50 details with their texts.
const ANSWER_BYTES: usize = 256 * 1024;

/// What every answer has.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Verdict {
    code: String,
    #[serde(default)]
    message: String,
}

impl AliyunGateway {
    /// Calls an action at `now` (UTC). Parameters in `form` go into the body, the others into the URL.
    ///
    /// # Errors
    /// [`SendError`]; also for an answer that refuses, which comes with status 200 as a rule.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        action: &'static str,
        query: &[(&str, &str)],
        form: &[(&str, &str)],
        now: DateTime<Utc>,
    ) -> Result<T, SendError> {
        let query = canonical_query(query);
        let body = canonical_query(form);
        let body_sha256 = sha256_hex(body.as_bytes());
        let mut headers = vec![
            ("host", http::host_of(&self.endpoint)),
            ("x-acs-action", action.to_owned()),
            ("x-acs-version", VERSION.to_owned()),
            ("x-acs-date", now.to_rfc3339_opts(SecondsFormat::Secs, true)),
            ("x-acs-signature-nonce", self.nonces.draw()),
            ("x-acs-content-sha256", body_sha256.clone()),
        ];
        if !body.is_empty() {
            headers.push((CONTENT_TYPE.as_str(), FORM.to_owned()));
        }
        let signable = Signable {
            query: &query,
            headers,
            body_sha256,
        };
        let authorization = signable.authorization(&self.access_key_id, &self.key);
        let mut url = self.endpoint.clone();
        url.set_query(Some(&query));
        let mut request = self.client.post(url).header(AUTHORIZATION, authorization);
        // The client writes the host itself, as it is signed.
        for (name, value) in signable.headers.iter().filter(|(name, _)| *name != "host") {
            request = request.header(*name, value);
        }
        let response = request
            .body(body)
            .send()
            .await
            .map_err(|error| http::classify_error(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = http::read_bounded(response, ANSWER_BYTES).await;
        judge(status, &headers, &body, now)
    }
}

/// The answer, if it is one that took the call.
fn judge<T: DeserializeOwned>(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<T, SendError> {
    match serde_json::from_slice::<Verdict>(body) {
        Ok(verdict) if verdict.code == "OK" && status.is_success() => {
            serde_json::from_slice(body).or(Err(unreadable()))
        }
        Ok(verdict) if verdict.code != "OK" => {
            let mut error = codes::classify(Refused {
                status: status.as_u16(),
                code: &verdict.code,
                message: &verdict.message,
                now,
            });
            error.retry_after = retry_after(headers).or(error.retry_after);
            Err(error)
        }
        // A call that was taken may have an answer that breaks off.
        _ if status.is_success() => Err(unreadable()),
        _ => Err(http::classify_status(status, headers, now)),
    }
}

fn unreadable() -> SendError {
    SendError::new(Failure::Unknown, "answer_unreadable")
}

/// How long a throttled caller is asked to wait, in milliseconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("x-acs-retry-after")?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn judged(status: u16, headers: &HeaderMap, body: &str) -> Result<Value, SendError> {
        let now = "2026-01-15T08:30:00Z".parse().unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        judge(status, headers, body.as_bytes(), now)
    }

    #[test]
    fn the_recorded_answers() {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let recorded: Value = serde_json::from_str(text).unwrap();
        let answer = |name: &str| {
            let answer = &recorded["responses"][name];
            let status = u16::try_from(answer["http"].as_u64().unwrap()).unwrap();
            judged(status, &HeaderMap::new(), &answer["body"].to_string())
        };
        assert_eq!(
            answer("aliyun_ok").unwrap()["BizId"],
            "900619746936498440^0"
        );
        let limited = answer("aliyun_business_limit").unwrap_err();
        assert_eq!(limited.class, Failure::Quota);
        assert_eq!(limited.code, "isv.BUSINESS_LIMIT_CONTROL");
        assert_eq!(limited.retry_after, Some(Duration::from_hours(24)));
        let forged = answer("aliyun_bad_signature").unwrap_err();
        assert_eq!(
            forged,
            SendError::new(Failure::Configuration, "SignatureDoesNotMatch")
        );
    }

    #[test]
    fn an_answer_that_breaks_off_proves_nothing() {
        for (status, body, expected) in [
            (200, "", Failure::Unknown),
            (200, r#"{"Code":"OK","#, Failure::Unknown),
            (200, "[]", Failure::Unknown),
            (502, "<html>", Failure::Transient),
            (504, "", Failure::Unknown),
            (503, r#"{"Code":"OK"}"#, Failure::Transient),
            (403, "", Failure::Configuration),
            (302, "", Failure::Configuration),
        ] {
            let error = judged(status, &HeaderMap::new(), body).unwrap_err();
            assert_eq!(error.class, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_throttled_caller_is_told_how_long_to_wait() {
        let headers = HeaderMap::from_iter([(
            "x-acs-retry-after".parse().unwrap(),
            "1500".parse().unwrap(),
        )]);
        let body = r#"{"Code":"Throttling.User","Message":"x"}"#;
        let error = judged(429, &headers, body).unwrap_err();
        assert_eq!(error.class, Failure::Transient);
        assert_eq!(error.retry_after, Some(Duration::from_millis(1500)));
    }
}
