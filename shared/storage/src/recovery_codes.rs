//! Codes that stand in for a lost authenticator. Each is good once; only hashes are stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, StaffId};

use crate::{
    error::StorageError,
    schema::recovery_codes,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One code.
    struct RecoveryCode, RecoveryCodeValues in recovery_codes {
        agency_id: AgencyId,
        staff_id: StaffId,
        code_hash: Vec<u8>,
        used_at: Option<DateTime<Utc>>,
    }
}

/// What is stored of a code: keyed, so that who reads the table can test no guess.
fn hash(tx: &Tx<'_>, code: &str) -> Vec<u8> {
    tx.sealer().blind_index("recovery_codes.code", code)
}

/// Stores a staff member's new codes at `at` (UTC); those there were are void.
pub fn replace(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    staff: StaffId,
    codes: &[String],
    at: DateTime<Utc>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(recovery_codes::table)
        .filter(recovery_codes::agency_id.eq(bind(agency)))
        .filter(recovery_codes::staff_id.eq(bind(staff)))
        .filter(recovery_codes::used_at.is_null())
        .set(recovery_codes::used_at.eq(bind(Some(at))))
        .execute(*c))?;
    for code in codes {
        let row = RecoveryCode {
            agency_id: agency,
            staff_id: staff,
            code_hash: hash(tx, code),
            used_at: None,
        };
        with_conn!(tx, c => diesel::insert_into(recovery_codes::table)
            .values(row.values())
            .execute(*c))?;
    }
    Ok(())
}

/// How many codes a staff member has not used yet.
pub fn left(tx: &mut Tx<'_>, agency: AgencyId, staff: StaffId) -> Result<i64, StorageError> {
    Ok(with_conn!(tx, c => recovery_codes::table
        .filter(recovery_codes::agency_id.eq(bind(agency)))
        .filter(recovery_codes::staff_id.eq(bind(staff)))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(*c))?)
}

/// Uses a code up at `at` (UTC); answers whether it was one and unused. Of two at once, one wins.
pub fn use_up(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    staff: StaffId,
    code: &str,
    at: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let hash = hash(tx, code);
    let used = with_conn!(tx, c => diesel::update(recovery_codes::table)
        .filter(recovery_codes::agency_id.eq(bind(agency)))
        .filter(recovery_codes::staff_id.eq(bind(staff)))
        .filter(recovery_codes::code_hash.eq(&hash))
        .filter(recovery_codes::used_at.is_null())
        .set(recovery_codes::used_at.eq(bind(Some(at))))
        .execute(*c))?;
    Ok(used == 1)
}
