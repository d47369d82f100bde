//! What was handed over about cases, by the time it was.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, AttemptId, AttemptOutcome, CaseId, Channel, ClientId, MessageId, MessageKind,
    MessageStatus, delivery::unnamed::Candidate,
};

use crate::{
    PhoneIndex,
    error::StorageError,
    schema::{attempt_outcomes, attempts, messages},
    store::Tx,
    types::bind,
    with_conn,
};

/// A client, the account a message to them was handed to, and when.
pub type Handed = (ClientId, String, DateTime<Utc>);

/// The attempts since an instant at messages about these cases that were planned after an id, made at
/// an instant before which no such message was: the index ends there.
macro_rules! handed {
    ($agency:expr, $cases:expr, $planned:expr, $since:expr) => {
        messages::table
            .inner_join(
                attempts::table.on(attempts::agency_id
                    .eq(messages::agency_id)
                    .and(attempts::message_id.eq(messages::id))),
            )
            .filter(messages::agency_id.eq(bind($agency)))
            .filter(attempts::agency_id.eq(bind($agency)))
            .filter(
                messages::case_id
                    .eq_any($cases.iter().map(|id| bind(Some(*id))).collect::<Vec<_>>()),
            )
            .filter(messages::id.gt(bind($planned)))
            .filter(attempts::started_at.ge(bind($since)))
    };
}

/// What was handed over since `since` of messages about these cases that were planned after `planned`.
pub fn handed_since(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    cases: &[CaseId],
    planned: MessageId,
    since: DateTime<Utc>,
) -> Result<Vec<Handed>, StorageError> {
    let rows: Vec<(Option<ClientId>, String, DateTime<Utc>)> = with_conn!(tx, c => handed!(agency, cases, planned, since)
        .select((messages::client_id, attempts::gateway, attempts::started_at))
        .load(*c))?;
    let handed = rows.into_iter();
    Ok(handed
        .filter_map(|(client, account, at)| Some((client?, account, at)))
        .collect())
}

/// The last message about one of these cases that was handed over since `since`, whichever way or by
/// this one, by whichever account or by this one: what an answer is about. Among those planned after
/// `planned`.
pub fn last_handed(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    cases: &[CaseId],
    way: Option<(Channel, Option<&str>)>,
    planned: MessageId,
    since: DateTime<Utc>,
) -> Result<Option<MessageId>, StorageError> {
    let handed: Vec<(DateTime<Utc>, MessageId)> = with_conn!(tx, c => {
        let mut query = handed!(agency, cases, planned, since)
            .select((attempts::started_at, messages::id))
            .into_boxed();
        if let Some((channel, account)) = way {
            query = query.filter(attempts::channel.eq(bind(channel)));
            if let Some(account) = account {
                query = query.filter(attempts::gateway.eq(account));
            }
        }
        query.load(*c)
    })?;
    // A person's messages of some weeks are a handful.
    Ok(handed.into_iter().max().map(|(_at, id)| id))
}

/// A try that a receipt may be about, and of what message.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// How it stands.
    pub candidate: Candidate,
    /// The message.
    pub message_id: MessageId,
    /// Whom it is for.
    pub client_id: Option<ClientId>,
    /// The number it went to, if to a client's.
    pub phone_index: Option<PhoneIndex>,
    /// Its kind and step: what is filed with the account by them says by which template it went.
    pub about: (MessageKind, String),
}

/// The tries by an account at messages about these cases that began in `within` (UTC), of messages
/// planned after `planned`.
pub fn waiting(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    cases: &[CaseId],
    account: &str,
    planned: MessageId,
    within: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Waiting>, StorageError> {
    type Columns = (
        AttemptId,
        MessageId,
        Option<ClientId>,
        MessageKind,
        String,
        MessageStatus,
        Option<Vec<u8>>,
        Option<AttemptOutcome>,
    );
    let rows: Vec<Columns> = with_conn!(tx, c => handed!(agency, cases, planned, within.0)
        .left_join(attempt_outcomes::table.on(attempt_outcomes::agency_id
            .eq(attempts::agency_id)
            .and(attempt_outcomes::attempt_id.eq(attempts::id))))
        .filter(attempts::started_at.le(bind(within.1)))
        .filter(attempts::gateway.eq(account))
        .select((
            attempts::id,
            attempts::message_id,
            messages::client_id,
            messages::kind,
            messages::step,
            messages::status,
            attempts::phone_index,
            attempt_outcomes::outcome.nullable(),
        ))
        .load(*c))?;
    let found = rows.into_iter();
    Ok(found
        .map(
            |(id, message_id, client_id, kind, step, status, number, outcome)| Waiting {
                candidate: Candidate {
                    id,
                    outcome,
                    status,
                },
                message_id,
                client_id,
                phone_index: number.map(PhoneIndex),
                about: (kind, step),
            },
        )
        .collect())
}
