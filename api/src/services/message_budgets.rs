//! How many messages an office means to send in a month.

use casework::{Work, message_budgets as budgets, rules};
use domain::{OfficeId, Refusal, RefusalCode, StaffId};
use storage::message_budgets::{self, MessageBudget};

use crate::{
    failure::Failure,
    services::offices,
    views::message_budgets::{MessageBudgetView, SetMessageBudget},
};

/// How an office's budget stands.
///
/// # Errors
/// `not_found`.
pub fn get(work: &mut Work<'_, '_>, id: OfficeId) -> Result<MessageBudgetView, Failure> {
    let office = offices::get(work, id)?;
    let today = rules::today(work, &office)?;
    let standing = budgets::standing(work, &office, today)?;
    Ok(MessageBudgetView::new(id, standing))
}

/// Sets an office's budget.
///
/// # Errors
/// `not_found`; `invalid_value` for a budget of nothing.
pub fn set(
    work: &mut Work<'_, '_>,
    id: OfficeId,
    asked: &SetMessageBudget,
    by: StaffId,
) -> Result<MessageBudgetView, Failure> {
    let office = offices::get(work, id)?;
    if asked.monthly < 1 {
        let detail = "at least one message a month";
        return Err(Refusal::at(RefusalCode::InvalidValue, "/monthly", detail).into());
    }
    let budget = MessageBudget {
        agency_id: work.agency,
        office_id: office.id,
        monthly: asked.monthly,
        set_by: by,
        set_at: work.now,
    };
    message_budgets::set(work.tx, &budget)?;
    get(work, id)
}
