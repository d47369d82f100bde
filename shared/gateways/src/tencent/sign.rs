//! TC3-HMAC-SHA256 (cloud.tencent.com 382/52070).

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

use crate::digests::{hex, hmac_sha256, sha256_hex};

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";

/// What is signed of a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signable<'a> {
    /// The vendor's name of the service.
    pub service: &'a str,
    /// Small names and their values, in the order of the names.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body as it is sent, to the byte.
    pub body: &'a [u8],
    /// The instant in `X-TC-Timestamp`; the date of the scope is its date in UTC.
    pub at: DateTime<Utc>,
}

impl Signable<'_> {
    fn names(&self) -> String {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        names.join(";")
    }

    fn canonical(&self) -> String {
        let lines: Vec<String> = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let lines = lines.concat();
        let names = self.names();
        format!("POST\n/\n\n{lines}\n{names}\n{}", sha256_hex(self.body))
    }

    fn date(&self) -> String {
        self.at.date_naive().to_string()
    }

    fn scope(&self) -> String {
        format!("{}/{}/{TERMINATOR}", self.date(), self.service)
    }

    fn string_to_sign(&self) -> String {
        let hash = sha256_hex(self.canonical().as_bytes());
        let seconds = self.at.timestamp();
        format!("{ALGORITHM}\n{seconds}\n{}\n{hash}", self.scope())
    }

    fn signature(&self, secret_key: &SecretString) -> String {
        let first = Zeroizing::new(format!("TC3{}", secret_key.expose_secret()));
        let dated = hmac_sha256(first.as_bytes(), self.date().as_bytes());
        let served = hmac_sha256(dated.as_ref(), self.service.as_bytes());
        let key = hmac_sha256(served.as_ref(), TERMINATOR.as_bytes());
        hex(hmac_sha256(key.as_ref(), self.string_to_sign().as_bytes()))
    }

    /// The value of the header `Authorization`.
    pub(super) fn authorization(&self, secret_id: &str, secret_key: &SecretString) -> String {
        format!(
            "{ALGORITHM} Credential={secret_id}/{}, SignedHeaders={}, Signature={}",
            self.scope(),
            self.names(),
            self.signature(secret_key)
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_sdks_signatures_are_reproduced_byte_for_byte() {
        let text = include_str!("../../fixtures/tencent_tc3_sendsms.json");
        let fixture: Value = serde_json::from_str(text).unwrap();
        let secret = fixture["secret_key"].as_str().unwrap().into();
        for signer in ["python_sdk", "utf8_body", "utf8_body_with_action"] {
            let expected = &fixture[signer];
            let text = |name: &str| expected[name].as_str().unwrap();
            let all = [
                ("content-type", text("content_type")),
                ("host", fixture["host"].as_str().unwrap()),
                ("x-tc-action", "sendsms"),
            ];
            let with_action = signer == "utf8_body_with_action";
            let signable = Signable {
                service: "sms",
                headers: &all[..if with_action { 3 } else { 2 }],
                body: text("body").as_bytes(),
                at: at(fixture["timestamp"].as_i64().unwrap()),
            };
            assert_eq!(sha256_hex(signable.body), text("body_sha256"));
            assert_eq!(signable.canonical(), text("canonical_request"));
            let hash = sha256_hex(signable.canonical().as_bytes());
            assert_eq!(hash, text("canonical_request_sha256"));
            assert_eq!(signable.scope(), text("credential_scope"));
            assert_eq!(signable.string_to_sign(), text("string_to_sign"));
            assert_eq!(signable.names(), text("signed_headers"));
            assert_eq!(signable.signature(&secret), text("signature"));
            let id = fixture["secret_id"].as_str().unwrap();
            assert_eq!(signable.authorization(id, &secret), text("authorization"));
        }
    }

    #[test]
    fn the_published_signatures_are_reproduced() {
        let text = include_str!("../../fixtures/tencent_tc3_published.json");
        let cases: Vec<Value> = serde_json::from_str(text).unwrap();
        assert_eq!(cases.len(), 3);
        for case in cases {
            let text = |name: &str| case[name].as_str().unwrap();
            let all = [
                ("content-type", text("content_type")),
                ("host", "cvm.tencentcloudapi.com"),
                ("x-tc-action", "describeinstances"),
            ];
            let with_action = text("canonical_request").contains("x-tc-action");
            let signable = Signable {
                service: "cvm",
                headers: &all[..if with_action { 3 } else { 2 }],
                body: text("payload").as_bytes(),
                at: at(1_551_113_065),
            };
            assert_eq!(signable.canonical(), text("canonical_request"));
            assert_eq!(signable.string_to_sign(), text("string_to_sign"));
            assert_eq!(
                signable.signature(&text("secret_key").into()),
                text("published")
            );
        }
    }

    #[test]
    fn the_date_is_that_of_the_same_instant_in_utc() {
        let signable = |text: &str| Signable {
            service: "sms",
            headers: &[],
            body: b"",
            at: text.parse().unwrap(),
        };
        // Already the next day in China.
        let late = signable("2026-01-15T23:59:59Z");
        assert_eq!(late.scope(), "2026-01-15/sms/tc3_request");
    }
}
