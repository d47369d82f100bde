//! Requests that may be sent again under an `Idempotency-Key`.

use actix_web::HttpRequest;
use domain::StaffId;
use storage::Sealer;
use uuid::Uuid;

use crate::{
    operations::Operation, problem::Problem, problem_code::ProblemCode, unit_of_work::Repeatable,
};

/// What a request's `Idempotency-Key` says; `None` without one, or where the operation takes none.
///
/// # Errors
/// `invalid_header` for a key that is none.
pub(super) fn repeatable(
    operation: &Operation,
    http: &HttpRequest,
    principal: Uuid,
    sealer: &Sealer,
    fingerprint: [u8; 32],
) -> Result<Option<Repeatable>, Problem> {
    if !operation.takes_idempotency_key() {
        return Ok(None);
    }
    let Some(value) = http.headers().get("idempotency-key") else {
        return Ok(None);
    };
    let key = value
        .to_str()
        .ok()
        .filter(|key| (1..=200).contains(&key.len()))
        .ok_or_else(|| {
            let detail = "an Idempotency-Key has 1 to 200 visible ASCII characters";
            Problem::new(ProblemCode::InvalidHeader, detail)
        })?;
    Ok(Some(Repeatable {
        // One column for everybody's: ids are unique over all kinds.
        principal: StaffId::from_uuid(principal),
        key: key.to_owned(),
        fingerprint: sealer.fingerprint(&fingerprint),
    }))
}
