//! What an HTTP failure means for a message.

use std::{error::Error, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};

use super::guard::NotPublic;
use crate::{Failure, SendError};

/// What a failure without an answer means. As long as no connection stood, nothing was taken;
/// after that the message may have been, whatever broke.
pub fn classify_error(error: &reqwest::Error) -> SendError {
    if caused_by_guard(error) {
        return SendError::new(Failure::Configuration, "address_not_public");
    }
    if error.is_builder() {
        return SendError::new(Failure::Configuration, "request_invalid");
    }
    if error.is_connect() {
        let code = match (error.is_dns(), error.is_timeout()) {
            (true, _) => "resolve",
            (false, true) => "connect_timeout",
            (false, false) => "connect",
        };
        return SendError::new(Failure::Transient, code);
    }
    let code = if error.is_timeout() {
        "timeout"
    } else {
        "connection_lost"
    };
    SendError::new(Failure::Unknown, code)
}

/// What a status means by itself, in a service whose verdict stands in the body, when the body has none.
/// The way to it failed, or what stands before it; where that waited in vain, the service may have
/// taken the message.
pub fn classify_status(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> SendError {
    let class = match status.as_u16() {
        504 => Failure::Unknown,
        408 | 425 | 429 | 500..=599 => Failure::Transient,
        _ => Failure::Configuration,
    };
    SendError {
        class,
        code: format!("http_{}", status.as_u16()),
        retry_after: retry_after(headers, now),
    }
}

fn caused_by_guard(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// How long the other side asks to be left alone: seconds, or a date (RFC 9110 §10.2.3) seen from
/// `now` (UTC). A date that has passed asks for nothing.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    (until.with_timezone(&Utc) - now).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_alone_tells_who_failed() {
        let now = "2026-06-05T01:00:00Z".parse().unwrap();
        let headers = HeaderMap::from_iter([(RETRY_AFTER, "30".parse().unwrap())]);
        for (status, class) in [
            (302, Failure::Configuration),
            (401, Failure::Configuration),
            (404, Failure::Configuration),
            (408, Failure::Transient),
            (429, Failure::Transient),
            (500, Failure::Transient),
            (503, Failure::Transient),
            (504, Failure::Unknown),
        ] {
            let code = StatusCode::from_u16(status).unwrap();
            let error = classify_status(code, &headers, now);
            assert_eq!(error.class, class, "{status}");
            assert_eq!(error.code, format!("http_{status}"));
            assert_eq!(error.retry_after, Some(Duration::from_secs(30)));
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now = "2026-06-05T01:00:00Z".parse().unwrap();
        let read = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            retry_after(&headers, now)
        };
        assert_eq!(read("120"), Some(Duration::from_mins(2)));
        assert_eq!(
            read("Fri, 05 Jun 2026 01:01:30 GMT"),
            Some(Duration::from_secs(90))
        );
        for nothing in [
            "Fri, 05 Jun 2026 00:59:59 GMT",
            "-1",
            "soon",
            "",
            "99999999999999",
        ] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
