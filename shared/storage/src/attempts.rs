//! Attempts: one row per try, written before the gateway is called, and one for what came of it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AttemptId, AttemptOutcome, Channel, MessageId};

use crate::{
    error::StorageError,
    schema::{attempt_outcomes, attempts},
    sealed::Place,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    struct Row, RowValues in attempts {
        agency_id: AgencyId,
        id: AttemptId,
        message_id: MessageId,
        number: i32,
        channel: Channel,
        gateway: String,
        fence: i64,
        text_sealed: Vec<u8>,
        started_at: DateTime<Utc>,
    }
}

/// One try at handing a message to a gateway.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Attempt {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id; gateways get it as our reference.
    pub id: AttemptId,
    /// The message.
    pub message_id: MessageId,
    /// 1-based.
    pub number: i32,
    /// How it travels.
    pub channel: Channel,
    /// Which gateway.
    pub gateway: String,
    /// The message's fence at the claim.
    pub fence: i64,
    /// The text as handed over.
    pub text: String,
    /// When it was claimed.
    pub started_at: DateTime<Utc>,
}

record! {
    /// What came of an attempt. An attempt without one was cut off: its fate is unknown.
    pub struct Outcome, OutcomeValues in attempt_outcomes {
        agency_id: AgencyId,
        attempt_id: AttemptId,
        message_id: MessageId,
        outcome: AttemptOutcome,
        code: Option<String>,
        provider_message_id: Option<String>,
        finished_at: DateTime<Utc>,
    }
}

/// Stores attempts before their calls.
pub fn insert_many(tx: &mut Tx<'_>, attempts: &[Attempt]) -> Result<(), StorageError> {
    let sealer = tx.sealer();
    for batch in attempts.chunks(500) {
        let rows = batch
            .iter()
            .map(|attempt| {
                Ok(Row {
                    agency_id: attempt.agency_id,
                    id: attempt.id,
                    message_id: attempt.message_id,
                    number: attempt.number,
                    channel: attempt.channel,
                    gateway: attempt.gateway.clone(),
                    fence: attempt.fence,
                    text_sealed: sealer
                        .seal(Place::new("attempts.text", attempt.id), &attempt.text)?,
                    started_at: attempt.started_at,
                })
            })
            .collect::<Result<Vec<_>, StorageError>>()?;
        let values: Vec<_> = rows.iter().map(Row::values).collect();
        with_conn!(tx, c => diesel::insert_into(attempts::table).values(values).execute(*c))?;
    }
    Ok(())
}

/// Stores outcomes; one that is there already stays.
pub fn insert_outcomes(tx: &mut Tx<'_>, outcomes: &[Outcome]) -> Result<(), StorageError> {
    for batch in outcomes.chunks(500) {
        let values: Vec<_> = batch.iter().map(Outcome::values).collect();
        with_conn!(tx, c => diesel::insert_into(attempt_outcomes::table)
            .values(values)
            .on_conflict((attempt_outcomes::agency_id, attempt_outcomes::attempt_id))
            .do_nothing()
            .execute(*c))?;
    }
    Ok(())
}

/// The attempts of these messages, in the order they were made.
pub fn of_messages(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    messages: &[MessageId],
) -> Result<Vec<Attempt>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => attempts::table
        .filter(attempts::agency_id.eq(bind(agency)))
        .filter(attempts::message_id.eq_any(messages.iter().map(bind).collect::<Vec<_>>()))
        .order((attempts::message_id, attempts::number))
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter()
        .map(|row| {
            Ok(Attempt {
                text: tx
                    .sealer()
                    .open(Place::new("attempts.text", row.id), &row.text_sealed)?,
                agency_id: row.agency_id,
                id: row.id,
                message_id: row.message_id,
                number: row.number,
                channel: row.channel,
                gateway: row.gateway,
                fence: row.fence,
                started_at: row.started_at,
            })
        })
        .collect()
}

/// The outcomes of these messages' attempts, in no particular order.
pub fn outcomes_of_messages(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    messages: &[MessageId],
) -> Result<Vec<Outcome>, StorageError> {
    Ok(with_conn!(tx, c => attempt_outcomes::table
        .filter(attempt_outcomes::agency_id.eq(bind(agency)))
        .filter(attempt_outcomes::message_id.eq_any(messages.iter().map(bind).collect::<Vec<_>>()))
        .select(Outcome::as_select())
        .load(*c))?)
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
