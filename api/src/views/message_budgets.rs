//! Message budgets as JSON.

use casework::message_budgets::Standing;
use chrono::NaiveDate;
use domain::{OfficeId, message_budget::BudgetAlarm};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many messages an office means to send in a month.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMessageBudget {
    /// Messages a month, at least one. Each try at handing one over counts.
    #[schema(minimum = 1, example = 3000)]
    pub monthly: i32,
}

/// An office's budget, and its use in the present month.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MessageBudgetView {
    /// Whose.
    pub office_id: OfficeId,
    /// Messages a month; `null`: there is no budget.
    #[schema(example = 3000)]
    pub monthly: Option<i32>,
    /// The first day of the month the use is of, in the office's time zone.
    #[schema(example = "2026-03-01")]
    pub month: NaiveDate,
    /// How often messages were handed to a gateway in it, or tried to be.
    pub used: i64,
    /// `near` from four fifths on, `spent` when all of it is used; `null`: neither, or no budget.
    pub alarm: Option<BudgetAlarm>,
}

impl MessageBudgetView {
    /// As it stands.
    pub fn new(office_id: OfficeId, standing: Standing) -> Self {
        Self {
            office_id,
            monthly: standing.monthly,
            month: standing.month,
            used: standing.used,
            alarm: standing.alarm,
        }
    }
}
