//! The messages that clients allowed the mini program to send: every change, never altered, and what is
//! left of them.
//!
//! They belong to a binding. A client who binds the account anew begins with none.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, CreditEventId, WechatBindingId,
    subscription_credit::{CreditChange, balance},
};

use crate::{
    error::StorageError,
    schema::{credit_events, subscription_credits},
    store::{Conn, Tx},
    types::{bind, record},
    with_conn,
};

record! {
    /// One change.
    pub struct CreditEvent, CreditEventValues in credit_events {
        agency_id: AgencyId,
        id: CreditEventId,
        /// Whose.
        binding_id: WechatBindingId,
        /// The template, by the platform's id.
        template_id: String,
        /// What happened.
        change: CreditChange,
        /// The same in every report of the same change.
        dedupe_key: String,
        /// When, by the platform (UTC).
        happened_at: DateTime<Utc>,
        /// When it became known (UTC).
        recorded_at: DateTime<Utc>,
    }
}

/// Notes a change unless it is known, and counts anew from all of them; answers whether it was new.
pub fn note(tx: &mut Tx<'_>, event: &CreditEvent) -> Result<bool, StorageError> {
    // The count's row is taken first: of two changes at once the second counts the first.
    with_conn!(tx, c => diesel::insert_into(subscription_credits::table)
        .values((
            subscription_credits::agency_id.eq(bind(event.agency_id)),
            subscription_credits::binding_id.eq(bind(event.binding_id)),
            subscription_credits::template_id.eq(&event.template_id),
            subscription_credits::credits.eq(0),
            subscription_credits::updated_at.eq(bind(event.recorded_at)),
        ))
        .on_conflict((
            subscription_credits::agency_id,
            subscription_credits::binding_id,
            subscription_credits::template_id,
        ))
        .do_update()
        .set(subscription_credits::updated_at.eq(bind(event.recorded_at)))
        .execute(*c))?;
    let stored = with_conn!(tx, c => diesel::insert_into(credit_events::table)
        .values(event.values())
        .on_conflict((
            credit_events::agency_id,
            credit_events::binding_id,
            credit_events::dedupe_key,
        ))
        .do_nothing()
        .execute(*c))?;
    if stored == 0 {
        return Ok(false);
    }
    let changes: Vec<(DateTime<Utc>, CreditChange)> = with_conn!(tx, c => credit_events::table
        .filter(credit_events::agency_id.eq(bind(event.agency_id)))
        .filter(credit_events::binding_id.eq(bind(event.binding_id)))
        .filter(credit_events::template_id.eq(&event.template_id))
        .select((credit_events::happened_at, credit_events::change))
        .load(*c))?;
    let credits = i32::try_from(balance(changes)).unwrap_or(i32::MAX);
    with_conn!(tx, c => diesel::update(subscription_credits::table
            .filter(subscription_credits::agency_id.eq(bind(event.agency_id)))
            .filter(subscription_credits::binding_id.eq(bind(event.binding_id)))
            .filter(subscription_credits::template_id.eq(&event.template_id)))
        .set(subscription_credits::credits.eq(credits))
        .execute(*c))?;
    Ok(true)
}

/// Keeps others from spending what is left to these bindings until the unit of work is over: two that
/// plan at once would otherwise both count on the same acceptance.
pub fn hold(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    bindings: &[WechatBindingId],
) -> Result<(), StorageError> {
    // On SQLite one unit of work writes at a time.
    let Conn::Postgres(c) = tx.parts().0 else {
        return Ok(());
    };
    let ids = bindings.iter().map(bind).collect::<Vec<_>>();
    // In one order, or two might wait for each other.
    let _held: Vec<WechatBindingId> = subscription_credits::table
        .filter(subscription_credits::agency_id.eq(bind(agency)))
        .filter(subscription_credits::binding_id.eq_any(ids))
        .filter(subscription_credits::credits.gt(0))
        .order((
            subscription_credits::binding_id,
            subscription_credits::template_id,
        ))
        .select(subscription_credits::binding_id)
        .for_update()
        .load(*c)?;
    Ok(())
}

/// What is left to these bindings, by template; where nothing is left, or ever was, there is no entry.
pub fn left(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    bindings: &[WechatBindingId],
) -> Result<HashMap<(WechatBindingId, String), i32>, StorageError> {
    let rows: Vec<(WechatBindingId, String, i32)> = with_conn!(tx, c => subscription_credits::table
        .filter(subscription_credits::agency_id.eq(bind(agency)))
        .filter(subscription_credits::binding_id
            .eq_any(bindings.iter().map(bind).collect::<Vec<_>>()))
        .filter(subscription_credits::credits.gt(0))
        .select((
            subscription_credits::binding_id,
            subscription_credits::template_id,
            subscription_credits::credits,
        ))
        .load(*c))?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(binding, template, credits)| ((binding, template), credits))
        .collect())
}
