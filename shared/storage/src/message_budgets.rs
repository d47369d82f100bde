//! How many messages offices mean to send in a month, and how many they sent.

use chrono::{DateTime, Utc};
use diesel::{dsl::count_star, prelude::*, upsert::excluded};
use domain::{AgencyId, OfficeId, StaffId};

use crate::{
    error::StorageError,
    schema::{attempts, message_budgets, messages},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// An office's budget.
    pub struct MessageBudget, MessageBudgetValues in message_budgets {
        /// The tenant.
        agency_id: AgencyId,
        /// Whose.
        office_id: OfficeId,
        /// Messages in a month of the office's own.
        monthly: i32,
        /// Who set it.
        set_by: StaffId,
        /// When (UTC).
        set_at: DateTime<Utc>,
    }
}

/// Sets an office's budget in place of the one it has.
pub fn set(tx: &mut Tx<'_>, budget: &MessageBudget) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(message_budgets::table)
        .values(budget.values())
        .on_conflict((message_budgets::agency_id, message_budgets::office_id))
        .do_update()
        .set((
            message_budgets::monthly.eq(excluded(message_budgets::monthly)),
            message_budgets::set_by.eq(excluded(message_budgets::set_by)),
            message_budgets::set_at.eq(excluded(message_budgets::set_at)),
        ))
        .execute(*c))?;
    Ok(())
}

/// An office's budget, if it has one.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    office: OfficeId,
) -> Result<Option<MessageBudget>, StorageError> {
    Ok(with_conn!(tx, c => message_budgets::table
        .filter(message_budgets::agency_id.eq(bind(agency)))
        .filter(message_budgets::office_id.eq(bind(office)))
        .select(MessageBudget::as_select())
        .first(*c)
        .optional())?)
}

/// How often an office's messages were handed to a gateway, or tried to be, from an instant to before
/// another (UTC): each try may be paid for.
pub fn used(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    office: OfficeId,
    from: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<i64, StorageError> {
    Ok(with_conn!(tx, c => messages::table
        .inner_join(attempts::table.on(messages::agency_id
            .eq(attempts::agency_id)
            .and(messages::id.eq(attempts::message_id))))
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(attempts::agency_id.eq(bind(agency)))
        .filter(messages::office_id.eq(bind(office)))
        // A try touches its message: those that were not touched since were not tried.
        .filter(messages::updated_at.ge(bind(from)))
        .filter(attempts::started_at.ge(bind(from)))
        .filter(attempts::started_at.lt(bind(before)))
        .select(count_star())
        .first(*c))?)
}
