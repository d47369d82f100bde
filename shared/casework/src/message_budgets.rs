//! What offices mean to send in a month, and who is told when it runs out.

use chrono::NaiveDate;
use domain::{
    OfficeId, TaskId,
    local_time::start_of_day,
    message_budget::{self, BudgetAlarm},
};
use storage::{message_budgets, offices::Office};

use crate::{
    notify, rules, staff_notices,
    work::{Work, WorkError},
};

/// How an office's budget stands in the month of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The first day of the month, local to the office.
    pub month: NaiveDate,
    /// Messages it means to send in it; none: no budget.
    pub monthly: Option<i32>,
    /// How many were handed over by now.
    pub used: i64,
    /// What is to be told.
    pub alarm: Option<BudgetAlarm>,
}

/// How an office's budget stands in the month of `today`, a day local to it.
pub fn standing(
    work: &mut Work<'_, '_>,
    office: &Office,
    today: NaiveDate,
) -> Result<Standing, WorkError> {
    let zone = rules::zone(office)?;
    let (month, next) = message_budget::month_of(today);
    let (from, before) = (start_of_day(month, zone), start_of_day(next, zone));
    let budget = message_budgets::get(work.tx, work.agency, office.id)?;
    let monthly = budget.map(|budget| budget.monthly);
    let used = message_budgets::used(work.tx, work.agency, office.id, from, before)?;
    Ok(Standing {
        month,
        monthly,
        used,
        alarm: monthly.and_then(|monthly| message_budget::alarm(used, monthly)),
    })
}

/// Tells the heads of these offices, to which messages were just sent, whose budget nears its end by
/// it, or is spent: at once, for the next morning's summary may be days away.
///
/// # Errors
/// When the database fails.
pub fn tell_of(
    work: &mut Work<'_, '_>,
    offices: impl IntoIterator<Item = OfficeId>,
) -> Result<(), WorkError> {
    for id in offices {
        if message_budgets::get(work.tx, work.agency, id)?.is_none() {
            continue;
        }
        let office = rules::office(work, id)?;
        let today = rules::today(work, &office)?;
        if let Some(task) = tell(work, &office, today)? {
            staff_notices::of_budget(work, &office, task)?;
        }
    }
    Ok(())
}

/// Makes a task for the office's heads when its budget nears its end, and another when it is spent: one
/// each a month; answers for a new one. Nothing is held back.
pub(crate) fn tell(
    work: &mut Work<'_, '_>,
    office: &Office,
    today: NaiveDate,
) -> Result<Option<TaskId>, WorkError> {
    if message_budgets::get(work.tx, work.agency, office.id)?.is_none() {
        return Ok(None);
    }
    let standing = standing(work, office, today)?;
    let Some(alarm) = standing.alarm else {
        return Ok(None);
    };
    notify::budget_task(work, office.id, standing.month, alarm, today)
}
