//! Standard Webhooks 1.0.0 as the other side checks it, by code of its own: HMAC-SHA256 with the bytes
//! behind `whsec_` over id, time and body as they came, joined by dots.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};

use crate::fakes::wire::Request;

/// How far the sender's clock may be from the receiver's.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Whether a request was signed with this secret at about `now`.
///
/// # Errors
/// The header that is at fault.
pub fn verify(request: &Request, secret: &str, now: DateTime<Utc>) -> Result<(), &'static str> {
    let header = |name: &'static str| {
        let given = request.header(name).filter(|value| !value.is_empty());
        given.ok_or(name)
    };
    let id = header("webhook-id")?;
    let timestamp = header("webhook-timestamp")?;
    let at = timestamp.parse().ok();
    let at = at.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    if at.is_none_or(|at| (now - at).abs() > TOLERANCE) {
        return Err("webhook-timestamp");
    }
    let expected = signature(secret, id, timestamp, &request.body);
    let mut given = header("webhook-signature")?.split(' ');
    if given.any(|one| one == expected) {
        Ok(())
    } else {
        Err("webhook-signature")
    }
}

/// What stands in `webhook-signature`.
pub(super) fn signature(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap());
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key.unwrap());
    let signed = [id.as_bytes(), timestamp.as_bytes(), body].join(&b'.');
    format!("v1,{}", STANDARD.encode(hmac::sign(&key, &signed)))
}
