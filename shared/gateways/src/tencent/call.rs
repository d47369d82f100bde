//! One signed call.

use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{TencentGateway, codes::classify, sign::Signable};
use crate::{Failure, SendError, http};

const VERSION: &str = "2021-01-11";
const SERVICE: &str = "sms";
const JSON: &str = "application/json; charset=utf-8";
/// How much of an answer is read: 200 numbers with their sentences.
const ANSWER_BYTES: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<T> {
    response: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refused {
    error: Fault,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Fault {
    code: String,
}

impl TencentGateway {
    /// Calls an action at `now` (UTC). The clock is taken once: instant and date of the signature have
    /// to agree.
    ///
    /// # Errors
    /// [`SendError`], for the whole call.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        action: &'static str,
        body: &(impl Serialize + Sync),
        now: DateTime<Utc>,
    ) -> Result<T, SendError> {
        let body =
            serde_json::to_vec(body).or(Err(SendError::new(Failure::Permanent, "body_invalid")))?;
        let host = http::host_of(&self.endpoint);
        let signable = Signable {
            service: SERVICE,
            headers: &[("content-type", JSON), ("host", &host)],
            body: &body,
            at: now,
        };
        let authorization = signable.authorization(&self.secret_id, &self.secret_key);
        let response = self
            .client
            .post(self.endpoint.clone())
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_TYPE, JSON)
            .header("x-tc-action", action)
            .header("x-tc-version", VERSION)
            .header("x-tc-region", &self.region)
            .header("x-tc-timestamp", now.timestamp())
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
    if let Ok(refused) = serde_json::from_slice::<Answer<Refused>>(body) {
        return Err(classify(&refused.response.error.code, now));
    }
    if !status.is_success() {
        return Err(http::classify_status(status, headers, now));
    }
    // A call that was taken may have an answer that breaks off.
    let answer: Answer<T> = serde_json::from_slice(body)
        .or(Err(SendError::new(Failure::Unknown, "answer_unreadable")))?;
    Ok(answer.response)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn judged(status: u16, body: &str) -> Result<Value, SendError> {
        let now = "2026-01-15T08:30:00Z".parse().unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        judge(status, &HeaderMap::new(), body.as_bytes(), now)
    }

    #[test]
    fn a_refusal_of_the_whole_call_is_no_answer() {
        let text = include_str!("../../fixtures/push_payloads_and_responses.json");
        let recorded: Value = serde_json::from_str(text).unwrap();
        let body = recorded["responses"]["tencent_error"]["body"].to_string();
        let code = "AuthFailure.SignatureFailure";
        let expected = SendError::new(Failure::Configuration, code);
        assert_eq!(judged(200, &body), Err(expected.clone()));
        assert_eq!(judged(400, &body), Err(expected));
    }

    #[test]
    fn an_answer_that_breaks_off_proves_nothing() {
        for (status, body, expected) in [
            (200, "", Failure::Unknown),
            (200, r#"{"Response":{"SendSt"#, Failure::Unknown),
            (200, "{}", Failure::Unknown),
            (502, "<html>", Failure::Transient),
            (504, "", Failure::Unknown),
            (404, "{}", Failure::Configuration),
        ] {
            assert_eq!(judged(status, body).unwrap_err().class, expected, "{body}");
        }
    }
}
