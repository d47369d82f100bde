//! ACS3-HMAC-SHA256 (help.aliyun.com 2864006, "V3 request structure and signature").

use std::fmt::Write as _;

use aws_lc_rs::hmac;

use crate::digests::{hex, sha256_hex};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// What is signed of a call.
#[derive(Debug)]
pub(super) struct Signable<'a> {
    /// As it stands in the URL: [`canonical_query`].
    pub query: &'a str,
    /// Small names and their values, in any order.
    pub headers: Vec<(&'static str, String)>,
    /// [`sha256_hex`] of the body.
    pub body_sha256: String,
}

impl Signable<'_> {
    fn sorted(&self) -> Vec<(&'static str, &str)> {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.trim()))
            .collect();
        headers.sort_unstable();
        headers
    }

    fn canonical(&self) -> (String, String) {
        let headers = self.sorted();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let lines = lines.concat();
        let canonical = format!(
            "POST\n/\n{}\n{lines}\n{names}\n{}",
            self.query, self.body_sha256
        );
        (canonical, names)
    }

    /// The value of the header `Authorization`.
    pub(super) fn authorization(&self, access_key_id: &str, key: &hmac::Key) -> String {
        let (canonical, names) = self.canonical();
        let signature = hex(hmac::sign(key, string_to_sign(&canonical).as_bytes()));
        format!(
            "{ALGORITHM} Credential={access_key_id},SignedHeaders={names},Signature={signature}"
        )
    }
}

fn string_to_sign(canonical: &str) -> String {
    format!("{ALGORITHM}\n{}", sha256_hex(canonical.as_bytes()))
}

/// Names and values, encoded and in the order of the names. Also the body of a form.
pub(super) fn canonical_query(params: &[(&str, &str)]) -> String {
    let mut params = params.to_vec();
    params.sort_unstable();
    let pairs: Vec<String> = params
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

/// RFC 3986: everything but the unreserved characters. What forms do (`+` for a blank, `*` as it is)
/// breaks the signature.
pub(super) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// A fixture of the vendor's SDK.
    fn fixture(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn signable<'a>(query: &'a str, headers: &Value, body: &str) -> Signable<'a> {
        let headers = headers.as_object().unwrap().iter();
        Signable {
            query,
            headers: headers
                .map(|(name, value)| {
                    let name: &'static str = name.clone().leak();
                    (name, value.as_str().unwrap().to_owned())
                })
                .collect(),
            body_sha256: sha256_hex(body.as_bytes()),
        }
    }

    fn query_of(fixture: &Value) -> String {
        let params: Vec<(&str, &str)> = fixture["query_params"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .rev()
            .collect();
        canonical_query(&params)
    }

    fn key_of(fixture: &Value) -> hmac::Key {
        let secret = fixture["access_key_secret"].as_str().unwrap();
        hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
    }

    #[test]
    fn the_sdks_signatures_are_reproduced_byte_for_byte() {
        for text in [
            include_str!("../../fixtures/aliyun_v3_sendsms.json"),
            include_str!("../../fixtures/aliyun_v3_querysenddetails.json"),
        ] {
            let fixture = fixture(text);
            let query = query_of(&fixture);
            assert_eq!(query, fixture["query_string"]);
            for signer in ["python_sdk", "minimal"] {
                let expected = &fixture[signer];
                let body = fixture["body"].as_str().unwrap();
                let signable = signable(&query, &expected["signed_headers_in"], body);
                assert_eq!(signable.body_sha256, fixture["body_sha256"]);
                let (canonical, names) = signable.canonical();
                assert_eq!(canonical, expected["canonical_request"]);
                assert_eq!(names, expected["signed_headers"]);
                assert_eq!(
                    sha256_hex(canonical.as_bytes()),
                    expected["canonical_request_sha256"]
                );
                assert_eq!(string_to_sign(&canonical), expected["string_to_sign"]);
                let id = fixture["access_key_id"].as_str().unwrap();
                let authorization = signable.authorization(id, &key_of(&fixture));
                assert_eq!(authorization, expected["authorization"]);
                assert!(authorization.ends_with(expected["signature"].as_str().unwrap()));
            }
        }
    }

    #[test]
    fn the_published_signature_is_reproduced() {
        let text = include_str!("../../fixtures/aliyun_v3_published_runinstances.json");
        let fixture = fixture(text);
        let query = query_of(&fixture);
        let signable = signable(&query, &fixture["headers"], "");
        let (canonical, _) = signable.canonical();
        assert_eq!(canonical, fixture["canonical_request"]);
        assert_eq!(string_to_sign(&canonical), fixture["string_to_sign"]);
        let authorization = signable.authorization("YourAccessKeyId", &key_of(&fixture));
        assert_eq!(authorization, fixture["authorization"]);
    }

    #[test]
    fn everything_but_the_unreserved_is_encoded() {
        assert_eq!(encode("aZ09-_.~"), "aZ09-_.~");
        assert_eq!(encode(" *+/&='()!"), "%20%2A%2B%2F%26%3D%27%28%29%21");
        assert_eq!(encode("张"), "%E5%BC%A0");
    }
}
