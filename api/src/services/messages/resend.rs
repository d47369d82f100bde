//! Sending a message again.

use casework::{Work, resend};
use domain::{MessageId, StaffId};
use storage::Scope;

use super::{list::find, trail};
use crate::{
    failure::Failure,
    services::{cases, text},
    views::messages::{MessageView, ResendMessage},
};

/// Plans a message that repeats one that the caller may see.
///
/// # Errors
/// `not_found`, `case_frozen`, `message_may_arrive`, `case_not_active`, `appointment_closed`, `conflict`, or
/// `invalid_value` at the reason.
pub fn resend(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: MessageId,
    asked: &ResendMessage,
    by: StaffId,
) -> Result<MessageView, Failure> {
    let original = find(work, scope, id)?;
    if let Some(case) = original.case_id {
        cases::get_to_change(work, Scope::default(), case)?;
    }
    let reason = text::reason(&asked.reason)?;
    let repeated = resend::resend(work, &original, reason, by)?;
    let of_it = trail(work, std::slice::from_ref(&repeated), true)?;
    Ok(MessageView::new(repeated, &of_it))
}
