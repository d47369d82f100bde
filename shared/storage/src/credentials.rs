//! Since when a password is in use. The hash itself stands with the staff member.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, StaffId};

use crate::{
    error::StorageError,
    schema::{credentials, staff},
    store::{Conn, Tx},
    types::{bind, record},
    with_conn,
};

record! {
    /// The state of a staff member's password. No row: the first one, from when they were made.
    pub struct Credential, CredentialValues in credentials {
        agency_id: AgencyId,
        staff_id: StaffId,
        changed_at: DateTime<Utc>,
        /// Given by somebody else: to be changed, and good until then.
        temporary_until: Option<DateTime<Utc>>,
    }
}

/// Holds a staff member's account until the unit of work ends: of two that do, the second waits, and
/// then sees what the first one did. Whoever begins a session by what an account has, and whoever
/// changes that and ends its sessions, holds it first, or neither would see the other's doing
/// (PostgreSQL reads what is committed; SQLite has one writer). An account that is not there is held
/// by nobody.
pub fn hold(tx: &mut Tx<'_>, agency: AgencyId, id: StaffId) -> Result<(), StorageError> {
    if let Conn::Postgres(c) = tx.parts().0 {
        let _held: Vec<StaffId> = staff::table
            .filter(staff::agency_id.eq(bind(agency)))
            .filter(staff::id.eq(bind(id)))
            .select(staff::id)
            .for_no_key_update()
            .load(*c)?;
    }
    Ok(())
}

/// The state of a staff member's password, if it was ever changed.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: StaffId,
) -> Result<Option<Credential>, StorageError> {
    Ok(with_conn!(tx, c => credentials::table
        .filter(credentials::agency_id.eq(bind(agency)))
        .filter(credentials::staff_id.eq(bind(id)))
        .select(Credential::as_select())
        .first(*c)
        .optional())?)
}

/// Notes a changed password.
pub fn put(tx: &mut Tx<'_>, changed: &Credential) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(credentials::table)
        .values(changed.values())
        .on_conflict((credentials::agency_id, credentials::staff_id))
        .do_update()
        .set((
            credentials::changed_at.eq(bind(changed.changed_at)),
            credentials::temporary_until.eq(bind(changed.temporary_until)),
        ))
        .execute(*c))?;
    Ok(())
}

/// Replaces a staff member's hash, if it still is `before`; answers whether it was. Their version
/// does not change: nobody is shown a hash.
pub fn set_hash(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: StaffId,
    before: &str,
    after: &str,
) -> Result<bool, StorageError> {
    let set = with_conn!(tx, c => diesel::update(staff::table)
        .filter(staff::agency_id.eq(bind(agency)))
        .filter(staff::id.eq(bind(id)))
        .filter(staff::password_hash.eq(before))
        .set(staff::password_hash.eq(after))
        .execute(*c))?;
    Ok(set == 1)
}
