//! The WeChat accounts of clients: whose openid it is, and whose unionid. They are sealed and looked up
//! by keyed indexes, and wiped when the binding ends (PIPL art. 47); what stays says that there was one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, ClientId, WechatBindingId,
    sign_in_code::{FAILURES, FAILURES_WINDOW},
    wechat::WechatApp,
};

use crate::{
    error::StorageError,
    schema::wechat_bindings,
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

const OPEN_ID: &str = "wechat_bindings.openid";
const UNION_ID: &str = "wechat_bindings.unionid";

record! {
    struct Row, RowValues in wechat_bindings {
        agency_id: AgencyId,
        id: WechatBindingId,
        client_id: ClientId,
        app: WechatApp,
        app_id: String,
        openid_index: Option<Vec<u8>>,
        openid_sealed: Option<Vec<u8>>,
        unionid_sealed: Option<Vec<u8>>,
        unionid_index: Option<Vec<u8>>,
        bound_at: DateTime<Utc>,
        last_used_at: DateTime<Utc>,
        failures_began_at: DateTime<Utc>,
        failures: i32,
        ended_at: Option<DateTime<Utc>>,
        ended_reason: Option<String>,
    }
}

/// A client's WeChat account, bound or once bound. Shows no openid.
#[derive(Debug, Clone)]
pub struct WechatBinding {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: WechatBindingId,
    /// Whose account.
    pub client_id: ClientId,
    /// With which kind of account of the office.
    pub app: WechatApp,
    /// With which of them: its AppID.
    pub app_id: String,
    /// Since when (UTC).
    pub bound_at: DateTime<Utc>,
    /// When the client last signed in with it, in the time of sign-ins (UTC).
    pub last_used_at: DateTime<Utc>,
    /// Until when (UTC).
    pub ended_at: Option<DateTime<Utc>>,
    /// The code of why it ended.
    pub ended_reason: Option<String>,
}

/// What is bound. No `Debug`: personal data.
#[expect(
    missing_debug_implementations,
    reason = "an openid never reaches a log"
)]
pub struct Account<'a> {
    /// The client's id with the office's account.
    pub open_id: &'a str,
    /// The client's id with all linked accounts of one owner.
    pub union_id: Option<&'a str>,
}

impl From<Row> for WechatBinding {
    fn from(row: Row) -> Self {
        Self {
            agency_id: row.agency_id,
            id: row.id,
            client_id: row.client_id,
            app: row.app,
            app_id: row.app_id,
            bound_at: row.bound_at,
            last_used_at: row.last_used_at,
            ended_at: row.ended_at,
            ended_reason: row.ended_reason,
        }
    }
}

/// An openid means nothing without the account it was given for.
fn index(sealer: &Sealer, app_id: &str, open_id: &str) -> Vec<u8> {
    sealer.blind_index(OPEN_ID, &format!("{app_id}:{open_id}"))
}

fn union_index(sealer: &Sealer, union_id: &str) -> Vec<u8> {
    sealer.blind_index(UNION_ID, union_id)
}

/// Stores a new binding.
///
/// # Errors
/// [`StorageError::Collision`] when the client or the account was bound meanwhile.
pub fn insert(
    tx: &mut Tx<'_>,
    binding: &WechatBinding,
    account: &Account<'_>,
) -> Result<(), StorageError> {
    let (sealer, place) = (tx.sealer(), |field| Place::new(field, binding.id));
    let row = Row {
        agency_id: binding.agency_id,
        id: binding.id,
        client_id: binding.client_id,
        app: binding.app,
        app_id: binding.app_id.clone(),
        openid_index: Some(index(sealer, &binding.app_id, account.open_id)),
        openid_sealed: Some(sealer.seal(place(OPEN_ID), account.open_id)?),
        unionid_sealed: sealer.seal_opt(place(UNION_ID), account.union_id)?,
        unionid_index: account.union_id.map(|id| union_index(sealer, id)),
        bound_at: binding.bound_at,
        last_used_at: binding.last_used_at,
        failures_began_at: binding.last_used_at,
        failures: 0,
        ended_at: binding.ended_at,
        ended_reason: binding.ended_reason.clone(),
    };
    let added = with_conn!(tx, c => diesel::insert_into(wechat_bindings::table)
        .values(row.values())
        .execute(*c))
    .map_err(StorageError::from);
    added.map(|_one| ()).map_err(StorageError::of_a_race)
}

/// The binding in force of an openid in an agency.
pub fn find(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    app_id: &str,
    open_id: &str,
) -> Result<Option<WechatBinding>, StorageError> {
    let index = index(tx.sealer(), app_id, open_id);
    let row: Option<Row> = with_conn!(tx, c => wechat_bindings::table
        .filter(wechat_bindings::agency_id.eq(bind(agency)))
        .filter(wechat_bindings::openid_index.eq(Some(index)))
        .filter(wechat_bindings::ended_at.is_null())
        .select(Row::as_select())
        .first(*c)
        .optional())?;
    Ok(row.map(WechatBinding::from))
}

/// The bindings in force, with this kind of account, of the person who has a unionid.
pub fn with_union(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    app: WechatApp,
    union_id: &str,
) -> Result<Vec<WechatBinding>, StorageError> {
    let index = union_index(tx.sealer(), union_id);
    let rows: Vec<Row> = with_conn!(tx, c => wechat_bindings::table
        .filter(wechat_bindings::agency_id.eq(bind(agency)))
        .filter(wechat_bindings::unionid_index.eq(Some(index)))
        .filter(wechat_bindings::ended_at.is_null())
        .filter(wechat_bindings::app.eq(bind(app)))
        .order(wechat_bindings::id)
        .select(Row::as_select())
        .load(*c))?;
    Ok(rows.into_iter().map(WechatBinding::from).collect())
}

/// Notes the unionid that the platform names for a binding in force, where another or none is known: an
/// owner may link the accounts long after clients bound one of them.
pub fn note_union(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: WechatBindingId,
    union_id: &str,
) -> Result<(), StorageError> {
    let index = union_index(tx.sealer(), union_id);
    let sealed = tx.sealer().seal(Place::new(UNION_ID, id), union_id)?;
    with_conn!(tx, c => diesel::update(wechat_bindings::table
            .filter(wechat_bindings::agency_id.eq(bind(agency)))
            .filter(wechat_bindings::id.eq(bind(id)))
            .filter(wechat_bindings::ended_at.is_null())
            .filter(wechat_bindings::unionid_index.is_null()
                .or(wechat_bindings::unionid_index.ne(Some(index.clone())))))
        .set((
            wechat_bindings::unionid_index.eq(Some(index.clone())),
            wechat_bindings::unionid_sealed.eq(Some(sealed.clone())),
        ))
        .execute(*c))?;
    Ok(())
}

/// Every binding of a client, oldest first, those that ended included.
pub fn of_client(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
) -> Result<Vec<WechatBinding>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => wechat_bindings::table
        .filter(wechat_bindings::agency_id.eq(bind(agency)))
        .filter(wechat_bindings::client_id.eq(bind(client)))
        .order(wechat_bindings::id)
        .select(Row::as_select())
        .load(*c))?;
    Ok(rows.into_iter().map(WechatBinding::from).collect())
}

/// The openid that is bound to a client with the office's account `app_id`: to send to.
pub fn open_id_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    app_id: &str,
) -> Result<Option<String>, StorageError> {
    let found: Option<(WechatBindingId, Option<Vec<u8>>)> = with_conn!(tx, c => wechat_bindings::table
        .filter(wechat_bindings::agency_id.eq(bind(agency)))
        .filter(wechat_bindings::client_id.eq(bind(client)))
        .filter(wechat_bindings::app_id.eq(app_id))
        .filter(wechat_bindings::ended_at.is_null())
        .select((wechat_bindings::id, wechat_bindings::openid_sealed))
        .first(*c)
        .optional())?;
    let Some((id, sealed)) = found else {
        return Ok(None);
    };
    tx.sealer()
        .open_opt(Place::new(OPEN_ID, id), sealed.as_deref())
}

/// Whom an account of the office sends to. No `Debug`: an openid never reaches a log.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "an openid never reaches a log"
)]
pub struct Addressee {
    /// The binding.
    pub id: WechatBindingId,
    /// Whose.
    pub client_id: ClientId,
    /// With which of the office's accounts.
    pub app_id: String,
    /// The client's id with it.
    pub open_id: String,
}

/// What these clients bound with the office's accounts `app_ids`.
pub fn addressees(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    clients: &[ClientId],
    app_ids: &[String],
) -> Result<Vec<Addressee>, StorageError> {
    type Found = (WechatBindingId, ClientId, String, Option<Vec<u8>>);
    let rows: Vec<Found> = with_conn!(tx, c => wechat_bindings::table
        .filter(wechat_bindings::agency_id.eq(bind(agency)))
        .filter(wechat_bindings::client_id.eq_any(clients.iter().map(bind).collect::<Vec<_>>()))
        .filter(wechat_bindings::app_id.eq_any(app_ids))
        .filter(wechat_bindings::ended_at.is_null())
        .select((
            wechat_bindings::id,
            wechat_bindings::client_id,
            wechat_bindings::app_id,
            wechat_bindings::openid_sealed,
        ))
        .load(*c))?;
    let mut found = Vec::with_capacity(rows.len());
    for (id, client_id, app_id, sealed) in rows {
        let place = Place::new(OPEN_ID, id);
        if let Some(open_id) = tx.sealer().open_opt(place, sealed.as_deref())? {
            found.push(Addressee {
                id,
                client_id,
                app_id,
                open_id,
            });
        }
    }
    Ok(found)
}

/// Counts a guess at what is asked besides the account, at `now` in the time of sign-ins (UTC);
/// answers whether it was still allowed: as many a day as for a number.
pub fn guess(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: WechatBindingId,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    with_conn!(tx, c => diesel::update(wechat_bindings::table
            .filter(wechat_bindings::agency_id.eq(bind(agency)))
            .filter(wechat_bindings::id.eq(bind(id)))
            .filter(wechat_bindings::failures_began_at.le(bind(now - FAILURES_WINDOW))))
        .set((
            wechat_bindings::failures_began_at.eq(bind(now)),
            wechat_bindings::failures.eq(0),
        ))
        .execute(*c))?;
    // The guess is counted where it is allowed: of many at once, no more than that are.
    let counted = with_conn!(tx, c => diesel::update(wechat_bindings::table
            .filter(wechat_bindings::agency_id.eq(bind(agency)))
            .filter(wechat_bindings::id.eq(bind(id)))
            .filter(wechat_bindings::failures.lt(FAILURES)))
        .set(wechat_bindings::failures.eq(wechat_bindings::failures + 1))
        .execute(*c))?;
    Ok(counted == 1)
}

/// Notes a sign-in at `now` in the time of sign-ins (UTC), which forgives the wrong guesses before it;
/// answers whether the binding is still in force.
pub fn note_use(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: WechatBindingId,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let changed = with_conn!(tx, c => diesel::update(wechat_bindings::table
            .filter(wechat_bindings::agency_id.eq(bind(agency)))
            .filter(wechat_bindings::id.eq(bind(id)))
            .filter(wechat_bindings::ended_at.is_null()))
        .set((
            wechat_bindings::last_used_at.eq(bind(now)),
            wechat_bindings::failures.eq(0),
        ))
        .execute(*c))?;
    Ok(changed == 1)
}

/// Ends a binding at `at` (UTC) and wipes whose account it was.
pub fn end(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: WechatBindingId,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(wechat_bindings::table
            .filter(wechat_bindings::agency_id.eq(bind(agency)))
            .filter(wechat_bindings::id.eq(bind(id)))
            .filter(wechat_bindings::ended_at.is_null()))
        .set((
            wechat_bindings::ended_at.eq(bind(Some(at))),
            wechat_bindings::ended_reason.eq(Some(reason)),
            wechat_bindings::openid_index.eq(None::<Vec<u8>>),
            wechat_bindings::openid_sealed.eq(None::<Vec<u8>>),
            wechat_bindings::unionid_sealed.eq(None::<Vec<u8>>),
            wechat_bindings::unionid_index.eq(None::<Vec<u8>>),
        ))
        .execute(*c))?;
    Ok(())
}
