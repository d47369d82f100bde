//! What people answered to messages: sealed, each kept once, never changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, Channel, ClientId, MessageId, ReplyId, TaskId,
    reply::{ReplyDoubt, ReplyEffect, ReplyMeaning},
};

use crate::{
    error::StorageError,
    schema::replies,
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

const TEXT: &str = "replies.text";

record! {
    struct Row, RowValues in replies {
        agency_id: AgencyId,
        id: ReplyId,
        client_id: Option<ClientId>,
        message_id: Option<MessageId>,
        task_id: Option<TaskId>,
        channel: Channel,
        account: String,
        dedupe_index: Vec<u8>,
        text_sealed: Vec<u8>,
        meaning: ReplyMeaning,
        effect: ReplyEffect,
        doubt: Option<ReplyDoubt>,
        sent_at: Option<DateTime<Utc>>,
        received_at: DateTime<Utc>,
    }
}

/// One answer.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Reply {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: ReplyId,
    /// Whose; none where the number is not known, or is several clients'.
    pub client_id: Option<ClientId>,
    /// The message it answers, as far as can be told.
    pub message_id: Option<MessageId>,
    /// The task that shows it to a person.
    pub task_id: Option<TaskId>,
    /// The way it came.
    pub channel: Channel,
    /// By which account.
    pub account: String,
    /// What it says.
    pub text: String,
    /// What that means.
    pub meaning: ReplyMeaning,
    /// What it did.
    pub effect: ReplyEffect,
    /// Why it did not do what it says.
    pub doubt: Option<ReplyDoubt>,
    /// When it was sent, if that was said (UTC).
    pub sent_at: Option<DateTime<Utc>>,
    /// When it came (UTC).
    pub received_at: DateTime<Utc>,
}

/// A key may be made of a number and a text, so only its keyed index is stored.
fn index(sealer: &Sealer, account: &str, key: &str) -> Vec<u8> {
    sealer.blind_index("replies.dedupe", &format!("{account}:{key}"))
}

/// Whether an account's answer with this key is stored already.
pub fn is_known(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    account: &str,
    key: &str,
) -> Result<bool, StorageError> {
    let index = index(tx.sealer(), account, key);
    let found: Option<ReplyId> = with_conn!(tx, c => replies::table
        .filter(replies::agency_id.eq(bind(agency)))
        .filter(replies::dedupe_index.eq(index))
        .select(replies::id)
        .first(*c)
        .optional())?;
    Ok(found.is_some())
}

/// Stores an answer; `key` is the same in every repetition, and no other answer of the account has it.
///
/// # Errors
/// [`StorageError::Collision`] when somebody else stored it meanwhile.
pub fn insert(tx: &mut Tx<'_>, reply: &Reply, key: &str) -> Result<(), StorageError> {
    let sealer = tx.sealer();
    let row = Row {
        agency_id: reply.agency_id,
        id: reply.id,
        client_id: reply.client_id,
        message_id: reply.message_id,
        task_id: reply.task_id,
        channel: reply.channel,
        account: reply.account.clone(),
        dedupe_index: index(sealer, &reply.account, key),
        text_sealed: sealer.seal(Place::new(TEXT, reply.id), &reply.text)?,
        meaning: reply.meaning,
        effect: reply.effect,
        doubt: reply.doubt,
        sent_at: reply.sent_at,
        received_at: reply.received_at,
    };
    let added = with_conn!(tx, c => diesel::insert_into(replies::table)
        .values(row.values())
        .execute(*c))
    .map_err(StorageError::from);
    added.map(|_one| ()).map_err(StorageError::of_a_race)
}

/// The answer that a task shows.
pub fn of_task(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    task: TaskId,
) -> Result<Option<Reply>, StorageError> {
    let row: Option<Row> = with_conn!(tx, c => replies::table
        .filter(replies::agency_id.eq(bind(agency)))
        .filter(replies::task_id.eq(bind(Some(task))))
        .select(Row::as_select())
        .first(*c)
        .optional())?;
    row.map(|row| open(row, tx.sealer())).transpose()
}

/// The answers to these messages, in the order they came.
pub fn of_messages(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    messages: &[MessageId],
) -> Result<Vec<Reply>, StorageError> {
    let wanted: Vec<_> = messages.iter().map(|id| bind(Some(*id))).collect();
    let mut rows: Vec<Row> = with_conn!(tx, c => replies::table
        .filter(replies::agency_id.eq(bind(agency)))
        .filter(replies::message_id.eq_any(wanted))
        .select(Row::as_select())
        .load(*c))?;
    // A page's messages have a handful.
    rows.sort_by_key(|row| (row.received_at, row.id));
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// All answers of a client, in the order they came.
pub fn of_client(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
) -> Result<Vec<Reply>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => replies::table
        .filter(replies::agency_id.eq(bind(agency)))
        .filter(replies::client_id.eq(bind(Some(client))))
        .order(replies::id)
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// When a client last stopped text messages by an answer (UTC).
pub fn stopped_at(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
) -> Result<Option<DateTime<Utc>>, StorageError> {
    Ok(with_conn!(tx, c => replies::table
        .filter(replies::agency_id.eq(bind(agency)))
        .filter(replies::client_id.eq(bind(Some(client))))
        .filter(replies::effect.eq(bind(ReplyEffect::Stopped)))
        .filter(replies::channel.ne(bind(Channel::Wechat)))
        .order(replies::id.desc())
        .select(replies::received_at)
        .first(*c)
        .optional())?)
}

/// Deletes up to `limit` answers that came before `before` (UTC), the oldest first; answers how many.
pub(crate) fn purge(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    let over: Vec<ReplyId> = with_conn!(tx, c => replies::table
        .filter(replies::agency_id.eq(bind(agency)))
        .filter(replies::received_at.lt(bind(before)))
        .order(replies::received_at)
        .limit(limit)
        .select(replies::id)
        .load(*c))?;
    if over.is_empty() {
        return Ok(0);
    }
    Ok(with_conn!(tx, c => diesel::delete(replies::table)
        .filter(replies::agency_id.eq(bind(agency)))
        .filter(replies::id.eq_any(over.iter().map(bind).collect::<Vec<_>>()))
        .execute(*c))?)
}

fn open(row: Row, sealer: &Sealer) -> Result<Reply, StorageError> {
    Ok(Reply {
        text: sealer.open(Place::new(TEXT, row.id), &row.text_sealed)?,
        agency_id: row.agency_id,
        id: row.id,
        client_id: row.client_id,
        message_id: row.message_id,
        task_id: row.task_id,
        channel: row.channel,
        account: row.account,
        meaning: row.meaning,
        effect: row.effect,
        doubt: row.doubt,
        sent_at: row.sent_at,
        received_at: row.received_at,
    })
}
