//! What happens to a message on its way: its states, what a receipt does to them, and when a failed
//! hand-over is tried again.
//!
//! A message is claimed, submitted to a gateway, accepted by it, and proven by a receipt. After a
//! time-out its state is `unknown`, a state of its own, because gateways have no idempotency keys:
//! it is asked about before it is sent again. Silence is never the outcome.

mod failure;
mod receipt;
mod receipt_check;
mod receipt_code;
mod remedy;
mod resend;
mod retry;
mod state;
pub mod unnamed;

pub use self::{
    failure::{Failure, NextStep},
    receipt::{ReceiptEffect, ReceiptOutcome, after_receipt},
    receipt_check::{CheckStep, judge},
    receipt_code::{CodeMeaning, meaning_of, says_bad_number},
    remedy::{CANNOT_BE_READ, Remedy, WORDING_REFUSED, remedy, remedy_to_staff},
    resend::{MAY_ARRIVE, check_resend},
    retry::{Retry, RetryPolicy},
    state::{is_failed_delivery, is_final, may_follow, rank},
};
