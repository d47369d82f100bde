//! One-time codes of clients, by number. A number is not a tenant's: whoever asks for a code has not
//! said whose client they are, and the number of nobody's client is treated alike.
//!
//! The code itself is kept only sealed, and only until it is sent; what is compared is a keyed hash.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Bool},
};
use domain::{
    AgencyId, ClientId, SignInCodeId,
    sign_in_code::{Count, FAILURES, FAILURES_WINDOW, Issued, LIFE, TRIES},
};

use crate::{
    PhoneIndex,
    error::StorageError,
    oldest::delete_oldest,
    schema::sign_in_codes,
    sealed::{Place, Sealer},
    store::Tx,
    types::{Uid, UtcInstant, bind, record},
    with_conn,
};

const CODE: &str = "sign_in_codes.code";

record! {
    struct Row, RowValues in sign_in_codes {
        phone_index: Vec<u8>,
        id: SignInCodeId,
        code_hash: Vec<u8>,
        code_sealed: Option<Vec<u8>>,
        tries: i32,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        used_at: Option<DateTime<Utc>>,
        hour_began_at: DateTime<Utc>,
        hour_count: i32,
        day_began_at: DateTime<Utc>,
        day_count: i32,
        failures_began_at: DateTime<Utc>,
        failures: i32,
        version: i64,
    }
}

/// A code that waits to be sent to a client. No `Debug`: it is a secret.
#[expect(missing_debug_implementations, reason = "a code never reaches a log")]
pub struct Waiting {
    /// Its id.
    pub id: SignInCodeId,
    /// Whose number it is.
    pub client: ClientId,
    /// The six digits.
    pub code: String,
    /// Until when it is good, in the time of sign-ins (UTC).
    pub expires_at: DateTime<Utc>,
    phone_index: Vec<u8>,
}

fn phone_index(sealer: &Sealer, phone: &str) -> Vec<u8> {
    PhoneIndex::of(sealer, phone).0
}

/// Bound to the number and to this one code: it proves nothing elsewhere.
fn code_hash(sealer: &Sealer, phone: &str, id: SignInCodeId, code: &str) -> Vec<u8> {
    sealer.blind_index(CODE, &format!("{phone}:{id}:{code}"))
}

fn find(tx: &mut Tx<'_>, phone: &str) -> Result<Option<Row>, StorageError> {
    let index = phone_index(tx.sealer(), phone);
    Ok(with_conn!(tx, c => sign_in_codes::table
        .filter(sign_in_codes::phone_index.eq(index))
        .select(Row::as_select())
        .first(*c)
        .optional())?)
}

/// When codes were issued for a number.
pub fn issued(tx: &mut Tx<'_>, phone: &str) -> Result<Option<Issued>, StorageError> {
    Ok(find(tx, phone)?.map(|row| Issued {
        at: row.issued_at,
        hour: Count {
            began_at: row.hour_began_at,
            count: row.hour_count,
        },
        day: Count {
            began_at: row.day_began_at,
            count: row.day_count,
        },
    }))
}

/// Makes `code` the one code of a number and puts it up for sending. The code before is void; the
/// count of failures stays.
///
/// # Errors
/// [`StorageError::Collision`] when another was issued at the same time.
pub fn issue(
    tx: &mut Tx<'_>,
    phone: &str,
    (id, code): (SignInCodeId, &str),
    issued: &Issued,
) -> Result<(), StorageError> {
    let sealer = tx.sealer();
    let before = find(tx, phone)?;
    let row = Row {
        phone_index: phone_index(sealer, phone),
        id,
        code_hash: code_hash(sealer, phone, id, code),
        code_sealed: Some(sealer.seal(Place::new(CODE, id), code)?),
        tries: 0,
        issued_at: issued.at,
        expires_at: issued.at + LIFE,
        used_at: None,
        hour_began_at: issued.hour.began_at,
        hour_count: issued.hour.count,
        day_began_at: issued.day.began_at,
        day_count: issued.day.count,
        failures_began_at: before
            .as_ref()
            .map_or(issued.at, |row| row.failures_began_at),
        failures: before.as_ref().map_or(0, |row| row.failures),
        version: before.as_ref().map_or(1, |row| row.version + 1),
    };
    let Some(before) = before else {
        let put = with_conn!(tx, c => diesel::insert_into(sign_in_codes::table)
            .values(row.values())
            .execute(*c));
        let put = put.map_err(StorageError::from);
        return put.map(|_one| ()).map_err(StorageError::of_a_race);
    };
    let changed = with_conn!(tx, c => diesel::update(sign_in_codes::table
            .filter(sign_in_codes::phone_index.eq(&row.phone_index))
            .filter(sign_in_codes::version.eq(before.version)))
        // A changeset leaves out what it takes for a key.
        .set((row.values(), sign_in_codes::id.eq(bind(row.id))))
        .execute(*c))?;
    if changed == 1 {
        Ok(())
    } else {
        Err(StorageError::Collision)
    }
}

/// Counts a guess at `now` (UTC) and answers which code it was, if it was right. A number without a
/// code, a code that is void and a number that is locked answer as a wrong guess does.
pub fn guess(
    tx: &mut Tx<'_>,
    phone: &str,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<SignInCodeId>, StorageError> {
    let index = phone_index(tx.sealer(), phone);
    with_conn!(tx, c => diesel::update(sign_in_codes::table
            .filter(sign_in_codes::phone_index.eq(&index))
            .filter(sign_in_codes::failures_began_at.le(bind(now - FAILURES_WINDOW))))
        .set((
            sign_in_codes::failures_began_at.eq(bind(now)),
            sign_in_codes::failures.eq(0),
        ))
        .execute(*c))?;
    // The guess is counted where it is allowed: of many at once, no more than that are.
    let counted: Option<(SignInCodeId, Vec<u8>)> = with_conn!(tx, c => diesel::update(
        sign_in_codes::table
            .filter(sign_in_codes::phone_index.eq(&index))
            .filter(sign_in_codes::tries.lt(TRIES))
            .filter(sign_in_codes::failures.lt(FAILURES))
            .filter(sign_in_codes::expires_at.gt(bind(now)))
            .filter(sign_in_codes::used_at.is_null()))
        .set((
            sign_in_codes::tries.eq(sign_in_codes::tries + 1),
            sign_in_codes::failures.eq(sign_in_codes::failures + 1),
            sign_in_codes::version.eq(sign_in_codes::version + 1_i64),
        ))
        .returning((sign_in_codes::id, sign_in_codes::code_hash))
        .get_result(*c)
        .optional())?;
    let sealer = tx.sealer();
    Ok(counted
        .filter(|(id, hash)| {
            verify_slices_are_equal(&code_hash(sealer, phone, *id, code), hash).is_ok()
        })
        .map(|(id, _)| id))
}

/// Uses a code up at `now` (UTC), which forgives the wrong guesses before it; answers whether it was
/// still good. Of two at once, one wins.
pub fn use_up(
    tx: &mut Tx<'_>,
    phone: &str,
    id: SignInCodeId,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let index = phone_index(tx.sealer(), phone);
    let used = with_conn!(tx, c => diesel::update(sign_in_codes::table
            .filter(sign_in_codes::phone_index.eq(index))
            .filter(sign_in_codes::id.eq(bind(id)))
            .filter(sign_in_codes::expires_at.gt(bind(now)))
            .filter(sign_in_codes::used_at.is_null()))
        .set((
            sign_in_codes::used_at.eq(bind(Some(now))),
            sign_in_codes::code_sealed.eq(None::<Vec<u8>>),
            sign_in_codes::failures.eq(0),
            sign_in_codes::version.eq(sign_in_codes::version + 1_i64),
        ))
        .execute(*c))?;
    Ok(used == 1)
}

/// The codes that wait to be sent, with the agency's clients whose numbers they are for. Written out,
/// for the order of a `CROSS JOIN` is kept: SQLite would begin with every client of the agency.
const WAITING: &str = "FROM \"sign_in_codes\" CROSS JOIN \"clients\" \
     WHERE \"sign_in_codes\".code_sealed IS NOT NULL AND \"clients\".agency_id = $1 \
     AND \"clients\".phone_index = \"sign_in_codes\".phone_index";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Uid)]
    id: SignInCodeId,
    #[diesel(sql_type = Uid)]
    client: ClientId,
    #[diesel(sql_type = Binary)]
    phone_index: Vec<u8>,
    #[diesel(sql_type = Binary)]
    code_sealed: Vec<u8>,
    #[diesel(sql_type = UtcInstant)]
    expires_at: DateTime<Utc>,
}

/// Codes that wait to be sent to clients of an agency, the longest waiting first, each once.
pub fn waiting(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    limit: i64,
) -> Result<Vec<Waiting>, StorageError> {
    let select = format!(
        "SELECT \"sign_in_codes\".id, \"clients\".id AS client, \"sign_in_codes\".phone_index, \
         code_sealed, expires_at {WAITING} ORDER BY issued_at, \"sign_in_codes\".id, \"clients\".id LIMIT $2"
    );
    let rows: Vec<Found> = with_conn!(tx, c => sql_query(&select)
        .bind::<Uid, _>(agency)
        .bind::<BigInt, _>(limit)
        .load(*c))?;
    let sealer = tx.sealer();
    let mut found: Vec<Waiting> = Vec::with_capacity(rows.len());
    for row in rows {
        if found.last().is_some_and(|last| last.id == row.id) {
            continue;
        }
        found.push(Waiting {
            id: row.id,
            client: row.client,
            code: sealer.open(Place::new(CODE, row.id), &row.code_sealed)?,
            expires_at: row.expires_at,
            phone_index: row.phone_index,
        });
    }
    Ok(found)
}

/// Takes a code out of the queue and wipes it; answers whether it was still there. Of two workers at
/// once, one sends it.
pub fn take(tx: &mut Tx<'_>, waiting: &Waiting) -> Result<bool, StorageError> {
    let taken = with_conn!(tx, c => diesel::update(sign_in_codes::table
            .filter(sign_in_codes::phone_index.eq(&waiting.phone_index))
            .filter(sign_in_codes::id.eq(bind(waiting.id)))
            .filter(sign_in_codes::code_sealed.is_not_null()))
        .set(sign_in_codes::code_sealed.eq(None::<Vec<u8>>))
        .execute(*c))?;
    Ok(taken == 1)
}

/// Whether a code waits to be sent to a client of the agency.
pub fn any_waiting(tx: &mut Tx<'_>, agency: AgencyId) -> Result<bool, StorageError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        waits: bool,
    }
    let asked = format!("SELECT EXISTS (SELECT 1 {WAITING}) AS waits");
    let answer: Answer = with_conn!(tx, c => sql_query(&asked)
        .bind::<Uid, _>(agency)
        .get_result(*c))?;
    Ok(answer.waits)
}

/// Wipes codes that nobody sent until they expired by `now` (UTC): those for numbers of no client.
pub fn wipe_expired(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(sign_in_codes::table
            .filter(sign_in_codes::code_sealed.is_not_null())
            .filter(sign_in_codes::expires_at.le(bind(now))))
        .set(sign_in_codes::code_sealed.eq(None::<Vec<u8>>))
        .execute(*c))?;
    Ok(())
}

/// Removes about `limit` numbers that nobody asked a code for since `before` (UTC), with their
/// counters, which count no longer than a day; answers how many.
pub fn purge(tx: &mut Tx<'_>, before: DateTime<Utc>, limit: i64) -> Result<usize, StorageError> {
    let before = before - TimeDelta::days(2);
    Ok(delete_oldest!(tx, sign_in_codes by phone_index, issued_at lt before, limit)?)
}
