//! The second factor of staff members: the secret of their authenticator, sealed.

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, StaffId};

use crate::{
    error::StorageError,
    schema::second_factors,
    sealed::Place,
    store::Tx,
    types::{bind, record},
    with_conn,
};

const SECRET: &str = "second_factors.secret";
const PENDING: &str = "second_factors.pending";

/// What a staff member's authenticator and we both know.
#[derive(Clone)]
pub struct SecondFactor {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Whose.
    pub staff_id: StaffId,
    /// The secret in use, base32. Kept sealed.
    pub secret: Option<String>,
    /// A secret handed out and not yet confirmed by a code, base32. Kept sealed.
    pub pending: Option<String>,
    /// Since when the secret is in use, UTC.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The last time step whose code was taken: it and those before are used up.
    pub last_step: i64,
}

/// Shows no secret.
impl fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactor")
            .field("staff_id", &self.staff_id)
            .field("confirmed_at", &self.confirmed_at)
            .finish_non_exhaustive()
    }
}

record! {
    struct SecondFactorRow, SecondFactorValues in second_factors {
        agency_id: AgencyId,
        staff_id: StaffId,
        secret_sealed: Option<Vec<u8>>,
        pending_sealed: Option<Vec<u8>>,
        confirmed_at: Option<DateTime<Utc>>,
        last_step: i64,
    }
}

/// A staff member's second factor, confirmed or not.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    staff: StaffId,
) -> Result<Option<SecondFactor>, StorageError> {
    let sealer = tx.sealer();
    let row: Option<SecondFactorRow> = with_conn!(tx, c => second_factors::table
        .filter(second_factors::agency_id.eq(bind(agency)))
        .filter(second_factors::staff_id.eq(bind(staff)))
        .select(SecondFactorRow::as_select())
        .first(*c)
        .optional())?;
    row.map(|row| {
        let open = |field, sealed: Option<Vec<u8>>| {
            sealer.open_opt(Place::new(field, row.staff_id), sealed.as_deref())
        };
        Ok(SecondFactor {
            agency_id: row.agency_id,
            staff_id: row.staff_id,
            secret: open(SECRET, row.secret_sealed)?,
            pending: open(PENDING, row.pending_sealed)?,
            confirmed_at: row.confirmed_at,
            last_step: row.last_step,
        })
    })
    .transpose()
}

/// Stores a second factor in place of the one there was.
pub fn put(tx: &mut Tx<'_>, factor: &SecondFactor) -> Result<(), StorageError> {
    let sealer = tx.sealer();
    let seal = |field, text: &Option<String>| {
        sealer.seal_opt(Place::new(field, factor.staff_id), text.as_deref())
    };
    let row = SecondFactorRow {
        agency_id: factor.agency_id,
        staff_id: factor.staff_id,
        secret_sealed: seal(SECRET, &factor.secret)?,
        pending_sealed: seal(PENDING, &factor.pending)?,
        confirmed_at: factor.confirmed_at,
        last_step: factor.last_step,
    };
    with_conn!(tx, c => diesel::insert_into(second_factors::table)
        .values(row.values())
        .on_conflict((second_factors::agency_id, second_factors::staff_id))
        .do_update()
        .set((
            second_factors::secret_sealed.eq(&row.secret_sealed),
            second_factors::pending_sealed.eq(&row.pending_sealed),
            second_factors::confirmed_at.eq(bind(row.confirmed_at)),
            second_factors::last_step.eq(row.last_step),
        ))
        .execute(*c))?;
    Ok(())
}

/// Uses a time step up; answers whether it was later than every one used before. Of two at once,
/// one wins.
pub fn use_step(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    staff: StaffId,
    step: i64,
) -> Result<bool, StorageError> {
    let used = with_conn!(tx, c => diesel::update(second_factors::table)
        .filter(second_factors::agency_id.eq(bind(agency)))
        .filter(second_factors::staff_id.eq(bind(staff)))
        .filter(second_factors::last_step.lt(step))
        .set(second_factors::last_step.eq(step))
        .execute(*c))?;
    Ok(used == 1)
}

/// Takes a second factor away, its secrets with it; answers whether there was one.
pub fn clear(tx: &mut Tx<'_>, agency: AgencyId, staff: StaffId) -> Result<bool, StorageError> {
    let nothing = None::<Vec<u8>>;
    let cleared = with_conn!(tx, c => diesel::update(second_factors::table)
        .filter(second_factors::agency_id.eq(bind(agency)))
        .filter(second_factors::staff_id.eq(bind(staff)))
        .filter(second_factors::secret_sealed.is_not_null())
        .set((
            second_factors::secret_sealed.eq(&nothing),
            second_factors::pending_sealed.eq(&nothing),
            second_factors::confirmed_at.eq(bind(None::<DateTime<Utc>>)),
        ))
        .execute(*c))?;
    Ok(cleared == 1)
}
