//! What gateways report about messages.

use casework::{Work, receipt};
use gateways::receipt::{ParsedReceipt, ReceiptError};

use crate::{failure::Failure, problem::Problem, problem_code::ProblemCode};

/// The one gateway that calls back.
const GATEWAY: &str = "webhook";

/// Keeps a receipt whose signature was checked and applies it; answers which message or attempt it
/// names.
///
/// # Errors
/// `not_found` when the agency has no such message.
pub fn receive(work: &mut Work<'_, '_>, report: &ParsedReceipt) -> Result<String, Failure> {
    let named = report.message_id.map(|id| id.to_string());
    let named = named.or_else(|| report.attempt_id.map(|id| id.to_string()));
    receipt::apply(
        work,
        &receipt::Receipt {
            gateway: GATEWAY.to_owned(),
            outcome: report.outcome,
            message_id: report.message_id,
            attempt_id: report.attempt_id,
            code: report.code.clone(),
            happened_at: report.happened_at,
            to_confirm: false,
        },
    )?;
    Ok(named.unwrap_or_default())
}

/// The problem of a body that is no receipt.
pub fn unreadable(error: ReceiptError) -> Problem {
    Problem::new(ProblemCode::MalformedJson, error.to_string())
}
