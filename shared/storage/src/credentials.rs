//! Since when a password is in use. The hash itself stands with the staff member.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, StaffId};

use crate::{
    error::StorageError,
    schema::{credentials, staff},
    store::Tx,
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
