//! The numbers by which clients signed in, with proof that the number was theirs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, ClientId};

use crate::{
    PhoneIndex, error::StorageError, schema::client_numbers, store::Tx, types::bind, with_conn,
};

/// When a client last signed in with this number (UTC).
pub fn last_used(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    phone: &str,
) -> Result<Option<DateTime<Utc>>, StorageError> {
    let PhoneIndex(index) = PhoneIndex::of(tx.sealer(), phone);
    Ok(with_conn!(tx, c => client_numbers::table
        .filter(client_numbers::agency_id.eq(bind(agency)))
        .filter(client_numbers::client_id.eq(bind(client)))
        .filter(client_numbers::phone_index.eq(index))
        .select(client_numbers::last_used_at)
        .first(*c)
        .optional())?)
}

/// Notes that a client signed in with this number at `now` (UTC).
pub fn note_use(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    phone: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let PhoneIndex(index) = PhoneIndex::of(tx.sealer(), phone);
    with_conn!(tx, c => diesel::insert_into(client_numbers::table)
        .values((
            client_numbers::agency_id.eq(bind(agency)),
            client_numbers::client_id.eq(bind(client)),
            client_numbers::phone_index.eq(index),
            client_numbers::proven_at.eq(bind(now)),
            client_numbers::last_used_at.eq(bind(now)),
        ))
        .on_conflict((
            client_numbers::agency_id,
            client_numbers::client_id,
            client_numbers::phone_index,
        ))
        .do_update()
        .set(client_numbers::last_used_at.eq(bind(now)))
        .execute(*c))?;
    Ok(())
}
