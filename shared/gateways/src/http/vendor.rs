//! The answers of vendors that put their verdict into the body of a 200.

use chrono::{DateTime, Utc};
use reqwest::Response;

use super::{read_bounded, retry_after};
use crate::{Failure, SendError};

/// How much of an answer is read.
const ANSWER_BYTES: usize = 16 * 1024;

/// The body of an answer that came at `now` (UTC) with status 200; these vendors use no other for what
/// they refuse. After a fault on their side the message may have been taken.
pub(crate) async fn json_body(
    response: Response,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, SendError> {
    let status = response.status();
    if status.is_success() {
        return Ok(read_bounded(response, ANSWER_BYTES).await);
    }
    let class = match status.as_u16() {
        429 => Failure::Quota,
        503 => Failure::Transient,
        500..=599 => Failure::Unknown,
        _ => Failure::Configuration,
    };
    Err(SendError {
        class,
        code: format!("http_{}", status.as_u16()),
        retry_after: retry_after(response.headers(), now),
    })
}
