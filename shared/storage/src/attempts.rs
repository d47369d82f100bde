//! Attempts: one row per try, written before the gateway is called, and one for what came of it.

mod handed;
mod named;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AttemptId, AttemptOutcome, Channel, HopCause, MessageId, NoProof};

use crate::{
    PhoneIndex,
    error::StorageError,
    schema::{attempt_outcomes, attempts},
    sealed::Place,
    store::Tx,
    types::{bind, record},
    with_conn,
};

pub use handed::{Handed, Waiting, handed_since, last_handed, waiting};
pub use named::{Named, message_of, named_by};

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
        hop_cause: Option<HopCause>,
        is_last: bool,
        no_proof: Option<NoProof>,
        phone_index: Option<Vec<u8>>,
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
    /// Which provider's account, by its name in the settings.
    pub gateway: String,
    /// The message's fence at the claim.
    pub fence: i64,
    /// The text as handed over.
    pub text: String,
    /// When it was claimed.
    pub started_at: DateTime<Utc>,
    /// Why it went by another account, or a lower rung of the ladder, than the one before.
    pub hop_cause: Option<HopCause>,
    /// Whether nothing but a person was left if it failed for good.
    pub is_last: bool,
    /// Why its delivery would not show that the client was told of the date.
    pub no_proof: Option<NoProof>,
    /// The number it went to, if to a client's.
    pub phone_index: Option<PhoneIndex>,
}

/// An attempt without its text, and what came of it.
#[derive(Debug, Clone)]
pub struct Try {
    /// The message.
    pub message_id: MessageId,
    /// The attempt.
    pub attempt_id: AttemptId,
    /// How it travelled.
    pub channel: Channel,
    /// Which provider's account.
    pub gateway: String,
    /// When it was claimed.
    pub started_at: DateTime<Utc>,
    /// Why it went by another account than the one before.
    pub hop_cause: Option<HopCause>,
    /// Whether nothing but a person was left if it failed for good.
    pub is_last: bool,
    /// Why its delivery would not show that the client was told of the date.
    pub no_proof: Option<NoProof>,
    /// The number it went to, if to a client's.
    pub phone_index: Option<PhoneIndex>,
    /// What came of it; none: it was cut off, or is under way.
    pub outcome: Option<AttemptOutcome>,
    /// The account's own reference.
    pub provider_message_id: Option<String>,
    /// When that was known (UTC).
    pub finished_at: Option<DateTime<Utc>>,
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
                    hop_cause: attempt.hop_cause,
                    is_last: attempt.is_last,
                    no_proof: attempt.no_proof,
                    phone_index: attempt.phone_index.clone().map(|index| index.0),
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
                hop_cause: row.hop_cause,
                is_last: row.is_last,
                no_proof: row.no_proof,
                phone_index: row.phone_index.map(PhoneIndex),
            })
        })
        .collect()
}

/// The attempts of these messages with their outcomes, in the order they were made. Unseals nothing.
pub fn tries(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    messages: &[MessageId],
) -> Result<Vec<Try>, StorageError> {
    type Columns = (
        MessageId,
        AttemptId,
        Channel,
        String,
        DateTime<Utc>,
        Option<HopCause>,
        bool,
        Option<NoProof>,
        Option<Vec<u8>>,
        Option<AttemptOutcome>,
        Option<String>,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Columns> = with_conn!(tx, c => attempts::table
        .left_join(
            attempt_outcomes::table.on(attempt_outcomes::agency_id
                .eq(attempts::agency_id)
                .and(attempt_outcomes::attempt_id.eq(attempts::id))),
        )
        .filter(attempts::agency_id.eq(bind(agency)))
        .filter(attempts::message_id.eq_any(messages.iter().map(bind).collect::<Vec<_>>()))
        .order((attempts::message_id, attempts::number))
        .select((
            attempts::message_id,
            attempts::id,
            attempts::channel,
            attempts::gateway,
            attempts::started_at,
            attempts::hop_cause,
            attempts::is_last,
            attempts::no_proof,
            attempts::phone_index,
            attempt_outcomes::outcome.nullable(),
            attempt_outcomes::provider_message_id.nullable(),
            attempt_outcomes::finished_at.nullable(),
        ))
        .load(*c))?;
    Ok(rows
        .into_iter()
        .map(|row| Try {
            message_id: row.0,
            attempt_id: row.1,
            channel: row.2,
            gateway: row.3,
            started_at: row.4,
            hop_cause: row.5,
            is_last: row.6,
            no_proof: row.7,
            phone_index: row.8.map(PhoneIndex),
            outcome: row.9,
            provider_message_id: row.10,
            finished_at: row.11,
        })
        .collect())
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
