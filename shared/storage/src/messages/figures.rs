//! How sending stands: figures for whoever watches it. None is about a person.

use std::{collections::BTreeMap, iter};

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, min},
    prelude::*,
};
use domain::{AgencyId, MessageStatus, delivery::CANNOT_BE_READ};

use crate::{
    error::StorageError,
    schema::{attempts, messages},
    sending_pauses::paused_offices,
    store::Tx,
    types::bind,
    with_conn,
};

/// Messages that the worker has yet to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnderWay {
    /// In this state.
    pub status: MessageStatus,
    /// How many.
    pub count: i64,
    /// When the first of them is acted on (UTC).
    pub earliest: Option<DateTime<Utc>>,
}

/// Messages that a gateway took and said no more about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// Which gateway.
    pub gateway: String,
    /// How many.
    pub count: i64,
    /// When the one that waits longest was handed over (UTC).
    pub oldest: Option<DateTime<Utc>>,
}

/// Messages that wait for somebody: their providers rest, or failed, or something of them cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldUp {
    /// The gateway that was tried last; none where none was.
    pub gateway: Option<String>,
    /// How many.
    pub count: i64,
    /// Since when the first of them is held up (UTC).
    pub since: Option<DateTime<Utc>>,
}

/// What the worker has yet to act on, by state.
pub fn under_way(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<UnderWay>, StorageError> {
    let rows: Vec<(MessageStatus, i64, Option<DateTime<Utc>>)> = with_conn!(tx, c => messages::table
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(messages::next_action_at.is_not_null())
        .group_by(messages::status)
        .order(messages::status)
        .select((messages::status, count_star(), min(messages::next_action_at)))
        .load(*c))?;
    Ok(rows
        .into_iter()
        .map(|(status, count, earliest)| UnderWay {
            status,
            count,
            earliest,
        })
        .collect())
}

/// Accepted messages whose receipt is awaited, by gateway.
pub fn awaited(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<Awaited>, StorageError> {
    let rows: Vec<(String, i64, Option<DateTime<Utc>>)> = with_conn!(tx, c => messages::table
        .inner_join(attempts::table.on(messages::agency_id
            .eq(attempts::agency_id)
            .and(messages::id.eq(attempts::message_id))
            .and(messages::attempt_count.eq(attempts::number))))
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(attempts::agency_id.eq(bind(agency)))
        .filter(messages::status.eq(bind(MessageStatus::Accepted)))
        .filter(messages::next_action_at.is_not_null())
        .group_by(attempts::gateway)
        .order(attempts::gateway)
        .select((attempts::gateway, count_star(), min(attempts::started_at)))
        .load(*c))?;
    Ok(rows
        .into_iter()
        .map(|(gateway, count, oldest)| Awaited {
            gateway,
            count,
            oldest,
        })
        .collect())
}

/// Messages in a state that are held up, but for those of an office whose sending people paused.
macro_rules! held_up {
    ($agency:expr, $status:expr) => {
        messages::agency_id
            .eq(bind($agency))
            .and($status)
            .and(messages::next_action_at.is_not_null())
            .and(messages::held_since.is_not_null())
            .and(messages::office_id.ne_all(paused_offices!($agency)))
    };
}

/// The same of messages that were tried, by the gateway that was last.
macro_rules! held_up_after {
    ($tx:expr, $agency:expr, $status:expr) => {
        with_conn!($tx, c => messages::table
            .inner_join(attempts::table.on(messages::agency_id
                .eq(attempts::agency_id)
                .and(messages::id.eq(attempts::message_id))
                .and(messages::attempt_count.eq(attempts::number))))
            .filter(held_up!($agency, $status))
            .filter(attempts::agency_id.eq(bind($agency)))
            .group_by(attempts::gateway)
            .order(attempts::gateway)
            .select((attempts::gateway, count_star(), min(messages::held_since)))
            .load::<(String, i64, Option<DateTime<Utc>>)>(*c))?
    };
}

/// Messages that their providers hold up, or of which something cannot be read, by the gateway that was
/// tried last; first those of which none was.
pub fn held_up(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<HeldUp>, StorageError> {
    use MessageStatus as S;
    let (count, since): (i64, Option<DateTime<Utc>>) = with_conn!(tx, c => messages::table
        .filter(held_up!(agency, messages::status.eq(bind(S::Scheduled))))
        .filter(messages::attempt_count.eq(0))
        .select((count_star(), min(messages::held_since)))
        .first(*c))?;
    let to_be_sent = held_up_after!(tx, agency, messages::status.eq(bind(S::Scheduled)));
    // Those of unknown fate are all held up, and asked about.
    let unreadable = held_up_after!(
        tx,
        agency,
        messages::status
            .eq_any([S::Claimed, S::Accepted, S::Unknown].map(bind))
            .and(messages::status_reason.eq(Some(CANNOT_BE_READ)))
    );
    let mut all: BTreeMap<Option<String>, HeldUp> = BTreeMap::new();
    let tried = to_be_sent.into_iter().chain(unreadable);
    let tried = tried.map(|(gateway, count, since)| (Some(gateway), count, since));
    for (gateway, count, since) in iter::once((None, count, since)).chain(tried) {
        let found = all.entry(gateway.clone()).or_insert(HeldUp {
            gateway,
            count: 0,
            since,
        });
        found.count += count;
        found.since = found.since.into_iter().chain(since).min();
    }
    Ok(all.into_values().filter(|it| it.count > 0).collect())
}
