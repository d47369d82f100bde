//! Which attempt somebody outside speaks of.

use diesel::prelude::*;
use domain::{AgencyId, AttemptId, MessageId};

use crate::{
    PhoneIndex,
    error::StorageError,
    schema::{attempt_outcomes, attempts},
    store::Tx,
    types::bind,
    with_conn,
};

/// An attempt that an account names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The attempt.
    pub attempt_id: AttemptId,
    /// The message.
    pub message_id: MessageId,
    /// The account's own reference, once it is known.
    pub provider_message_id: Option<String>,
    /// The number it went to, if to a client's.
    pub phone_index: Option<PhoneIndex>,
}

/// The attempts among these, by our id or by the account's own reference, that left by `account`.
pub fn named_by(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    account: &str,
    ids: &[AttemptId],
    references: &[String],
) -> Result<Vec<Named>, StorageError> {
    type Columns = (AttemptId, MessageId, Option<String>, Option<Vec<u8>>);
    let mut rows: Vec<Columns> = with_conn!(tx, c => attempts::table
        .left_join(attempt_outcomes::table.on(attempt_outcomes::agency_id
            .eq(attempts::agency_id)
            .and(attempt_outcomes::attempt_id.eq(attempts::id))))
        .filter(attempts::agency_id.eq(bind(agency)))
        .filter(attempts::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .filter(attempts::gateway.eq(account))
        .select((
            attempts::id,
            attempts::message_id,
            attempt_outcomes::provider_message_id.nullable(),
            attempts::phone_index,
        ))
        .load(*c))?;
    let by_reference: Vec<Columns> = with_conn!(tx, c => attempt_outcomes::table
        .inner_join(attempts::table.on(attempts::agency_id
            .eq(attempt_outcomes::agency_id)
            .and(attempts::id.eq(attempt_outcomes::attempt_id))))
        .filter(attempt_outcomes::agency_id.eq(bind(agency)))
        .filter(attempts::agency_id.eq(bind(agency)))
        .filter(attempt_outcomes::provider_message_id.is_not_null())
        .filter(attempt_outcomes::provider_message_id.eq_any(references))
        .filter(attempts::gateway.eq(account))
        .select((
            attempts::id,
            attempts::message_id,
            attempt_outcomes::provider_message_id,
            attempts::phone_index,
        ))
        .load(*c))?;
    rows.extend(by_reference);
    let named =
        rows.into_iter().map(
            |(attempt_id, message_id, provider_message_id, index)| Named {
                attempt_id,
                message_id,
                provider_message_id,
                phone_index: index.map(PhoneIndex),
            },
        );
    Ok(named.collect())
}

/// The message of an attempt.
pub fn message_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    attempt: AttemptId,
) -> Result<Option<MessageId>, StorageError> {
    Ok(with_conn!(tx, c => attempts::table
        .filter(attempts::agency_id.eq(bind(agency)))
        .filter(attempts::id.eq(bind(attempt)))
        .select(attempts::message_id)
        .first(*c)
        .optional())?)
}
