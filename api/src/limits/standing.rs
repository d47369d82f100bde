//! How a caller stands with a limit.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// How a caller stands with a limit per minute, after being counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The limit's name.
    pub policy: &'static str,
    /// Requests a minute.
    pub limit: u32,
    /// How many of them are left.
    pub left: u32,
    /// Until all are back, in seconds.
    pub resets: u64,
    /// Until the next one is let through, in seconds; `None`: this one is.
    pub wait: Option<u64>,
}

impl Standing {
    /// Adds `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        let Self {
            policy,
            limit,
            left,
            resets,
            wait: _,
        } = self;
        let lines = [
            (POLICY, format!("\"{policy}\";q={limit};w=60")),
            (LIMIT, format!("\"{policy}\";r={left};t={resets}")),
        ];
        for (name, text) in lines {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }
}
