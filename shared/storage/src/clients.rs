//! Clients. Name, birth date, ID number and phone are sealed; names, ID numbers and phones can be
//! looked up exactly through blind indexes.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{AgencyId, ClientId, OfficeId, PhoneState, Sex, StaffId};

use crate::{
    PhoneIndex,
    error::StorageError,
    page::page,
    schema::clients,
    scope::{Scope, within},
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    struct Row, RowValues in clients {
        agency_id: AgencyId,
        id: ClientId,
        office_id: OfficeId,
        caseworker_id: Option<StaffId>,
        name_sealed: Vec<u8>,
        name_index: Vec<u8>,
        sex: Sex,
        birth_date_sealed: Option<Vec<u8>>,
        id_number_sealed: Option<Vec<u8>>,
        id_number_index: Option<Vec<u8>>,
        phone_sealed: Option<Vec<u8>>,
        phone_index: Option<Vec<u8>>,
        phone_sms_ok: bool,
        phone_state: PhoneState,
        version: i64,
        created_by: StaffId,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
        frozen_from: Option<DateTime<Utc>>,
    }
}

/// The person in the programme. No `Debug`: it would print personal data.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Client {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: ClientId,
    /// The office that looks after the client.
    pub office_id: OfficeId,
    /// The caseworker who looks after the client; none before the first case.
    pub caseworker_id: Option<StaffId>,
    /// As on the identity card.
    pub name: String,
    /// As on the identity card.
    pub sex: Sex,
    /// As on the identity card.
    pub birth_date: Option<NaiveDate>,
    /// 18 characters, normalised.
    pub id_number: Option<String>,
    /// 11 digits, normalised.
    pub phone: Option<String>,
    /// Whether the client wants text messages on this number.
    pub phone_sms_ok: bool,
    /// What is known of the number.
    pub phone_state: PhoneState,
    /// Goes up by one with every change.
    pub version: i64,
    /// Who registered the client.
    pub created_by: StaffId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The last change.
    pub updated_at: DateTime<Utc>,
    /// The files of all of the client's cases are frozen: nothing changes, and from this instant on nobody
    /// but the client reads it. Ahead of now while a file is open for a reason.
    pub frozen_from: Option<DateTime<Utc>>,
}

fn seal(client: &Client, sealer: &Sealer) -> Result<Row, StorageError> {
    let place = |field| Place::new(field, client.id);
    let birth_date = client.birth_date.map(|date| date.to_string());
    Ok(Row {
        agency_id: client.agency_id,
        id: client.id,
        office_id: client.office_id,
        caseworker_id: client.caseworker_id,
        name_sealed: sealer.seal(place("clients.name"), &client.name)?,
        name_index: sealer.blind_index("clients.name", &client.name),
        sex: client.sex,
        birth_date_sealed: sealer.seal_opt(place("clients.birth_date"), birth_date.as_deref())?,
        id_number_sealed: sealer
            .seal_opt(place("clients.id_number"), client.id_number.as_deref())?,
        id_number_index: client
            .id_number
            .as_deref()
            .map(|number| sealer.blind_index("clients.id_number", number)),
        phone_sealed: sealer.seal_opt(place("clients.phone"), client.phone.as_deref())?,
        phone_index: client
            .phone
            .as_deref()
            .map(|phone| PhoneIndex::of(sealer, phone).0),
        phone_sms_ok: client.phone_sms_ok,
        phone_state: client.phone_state,
        version: client.version,
        created_by: client.created_by,
        created_at: client.created_at,
        updated_at: client.updated_at,
        frozen_from: client.frozen_from,
    })
}

fn open(row: Row, sealer: &Sealer) -> Result<Client, StorageError> {
    let place = |field| Place::new(field, row.id);
    let birth_date = sealer
        .open_opt(
            place("clients.birth_date"),
            row.birth_date_sealed.as_deref(),
        )?
        .map(|date| date.parse::<NaiveDate>())
        .transpose()
        .map_err(|error| StorageError::Corrupt(error.to_string()))?;
    Ok(Client {
        name: sealer.open(place("clients.name"), &row.name_sealed)?,
        birth_date,
        id_number: sealer.open_opt(place("clients.id_number"), row.id_number_sealed.as_deref())?,
        phone: sealer.open_opt(place("clients.phone"), row.phone_sealed.as_deref())?,
        agency_id: row.agency_id,
        id: row.id,
        office_id: row.office_id,
        caseworker_id: row.caseworker_id,
        sex: row.sex,
        phone_sms_ok: row.phone_sms_ok,
        phone_state: row.phone_state,
        version: row.version,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        frozen_from: row.frozen_from,
    })
}

/// Stores a new client.
///
/// # Errors
/// [`StorageError::Duplicate`] when the agency already has a client with this ID number.
pub fn insert(tx: &mut Tx<'_>, client: &Client) -> Result<(), StorageError> {
    let row = seal(client, tx.sealer())?;
    with_conn!(tx, c => diesel::insert_into(clients::table).values(row.values()).execute(*c))?;
    Ok(())
}

/// Replaces a client if its stored version is still `expected`; answers whether it was.
pub fn save(tx: &mut Tx<'_>, client: &Client, expected: i64) -> Result<bool, StorageError> {
    let row = seal(client, tx.sealer())?;
    let changed = with_conn!(tx, c => diesel::update(clients::table
            .filter(clients::agency_id.eq(bind(client.agency_id)))
            .filter(clients::id.eq(bind(client.id)))
            .filter(clients::version.eq(expected)))
        .set(row.values())
        .execute(*c))?;
    Ok(changed == 1)
}

/// One client the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: ClientId,
) -> Result<Option<Client>, StorageError> {
    let row = with_conn!(tx, c => within!(
        clients::table
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(clients::id.eq(bind(id)))
            .select(Row::as_select())
            .into_boxed(),
        clients, scope, Some)
    .first(*c)
    .optional())?;
    row.map(|row| open(row, tx.sealer())).transpose()
}

/// The clients with these ids, in no particular order.
pub fn get_many(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[ClientId],
) -> Result<Vec<Client>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => clients::table
        .filter(clients::agency_id.eq(bind(agency)))
        .filter(clients::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// Those with this number (11 digits) in the order of their ids, without a look at what is sealed of them.
pub fn ids_with_phone(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    phone: &str,
) -> Result<Vec<ClientId>, StorageError> {
    let PhoneIndex(index) = PhoneIndex::of(tx.sealer(), phone);
    // Asked to sort, SQLite would read all of the agency's clients by id.
    let mut ids: Vec<ClientId> = with_conn!(tx, c => clients::table
        .filter(clients::agency_id.eq(bind(agency)))
        .filter(clients::phone_index.eq(Some(index)))
        .select(clients::id)
        .load(*c))?;
    ids.sort_unstable();
    Ok(ids)
}

/// The clients who gave this number (11 digits), in the order they were registered.
pub fn with_phone(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    phone: &str,
) -> Result<Vec<Client>, StorageError> {
    let sealer = tx.sealer();
    let PhoneIndex(index) = PhoneIndex::of(sealer, phone);
    let mut rows: Vec<Row> = with_conn!(tx, c => clients::table
        .filter(clients::agency_id.eq(bind(agency)))
        .filter(clients::phone_index.eq(Some(index)))
        .select(Row::as_select())
        .load(*c))?;
    // They are few. Asked to sort, SQLite would read all of the agency's clients by id.
    rows.sort_by_key(|row| row.id);
    rows.into_iter().map(|row| open(row, sealer)).collect()
}

/// A page of clients the caller may see, in the order they were registered. `exact` matches a whole
/// name, phone or ID number.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    exact: Option<&str>,
    after: Option<ClientId>,
    limit: i64,
) -> Result<Vec<Client>, StorageError> {
    let sealer = tx.sealer();
    let indexes = exact.map(|value| {
        ["clients.name", "clients.phone", "clients.id_number"]
            .map(|field| sealer.blind_index(field, value))
    });
    let rows: Vec<Row> = with_conn!(tx, c => {
        let mut query = within!(
            clients::table
                .filter(clients::agency_id.eq(bind(agency)))
                .select(Row::as_select())
                .into_boxed(),
            clients, scope, Some);
        if let Some([name, phone, id_number]) = &indexes {
            query = query.filter(
                clients::name_index.eq(name)
                    .or(clients::phone_index.is_not_null().and(clients::phone_index.assume_not_null().eq(phone)))
                    .or(clients::id_number_index.is_not_null().and(clients::id_number_index.assume_not_null().eq(id_number))),
            );
        }
        page!(query, clients, after, limit).load(*c)
    })?;
    rows.into_iter().map(|row| open(row, sealer)).collect()
}

/// Which of these phone numbers belong to more than one client: texts to them carry no name.
pub fn shared_phones(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    phones: &[String],
) -> Result<Vec<String>, StorageError> {
    let sealer = tx.sealer();
    let indexed: Vec<_> = phones
        .iter()
        .map(|phone| (PhoneIndex::of(sealer, phone).0, phone))
        .collect();
    let wanted: Vec<Option<Vec<u8>>> = indexed
        .iter()
        .map(|(index, _)| Some(index.clone()))
        .collect();
    let mut found: Vec<Option<Vec<u8>>> = with_conn!(tx, c => clients::table
        .filter(clients::agency_id.eq(bind(agency)))
        .filter(clients::phone_index.eq_any(wanted))
        .select(clients::phone_index)
        .load(*c))?;
    found.sort_unstable();
    let twice: Vec<_> = found
        .windows(2)
        .filter_map(|pair| match pair {
            [Some(a), Some(b)] if a == b => Some(a),
            _ => None,
        })
        .collect();
    Ok(indexed
        .iter()
        .filter(|(index, _)| twice.contains(&index))
        .map(|(_, phone)| (*phone).clone())
        .collect())
}

/// Records that a number does not exist, unless the client has another one by now; answers whether it
/// is theirs.
pub fn mark_invalid(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: ClientId,
    number: &PhoneIndex,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let changed = with_conn!(tx, c => diesel::update(clients::table
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(clients::id.eq(bind(id)))
            .filter(clients::phone_index.eq(Some(&number.0))))
        .set((
            clients::phone_state.eq(bind(PhoneState::Invalid)),
            clients::version.eq(clients::version + 1),
            clients::updated_at.eq(bind(now)),
        ))
        .execute(*c))?;
    Ok(changed == 1)
}

/// Records what a person showed of a phone number.
pub fn set_phone_state(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: ClientId,
    state: PhoneState,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(clients::table
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(clients::id.eq(bind(id))))
        .set((
            clients::phone_state.eq(bind(state)),
            clients::version.eq(clients::version + 1),
            clients::updated_at.eq(bind(now)),
        ))
        .execute(*c))?;
    Ok(())
}
