//! Leases: one holder at a time for a named piece of an agency's work, with a fencing token.

use chrono::{DateTime, Utc};
use diesel::{dsl::case_when, prelude::*, upsert::excluded};
use domain::AgencyId;

use crate::{
    any_id::AnyId,
    error::StorageError,
    prepared::{execute_prepared, prepared},
    schema::leases,
    store::Tx,
    types::bind,
    with_conn,
};

/// Takes or renews the lease `name` until `until` for `holder` (a process or job run).
///
/// Answers the fencing token, or `None` while another holder's lease has not expired at `now`
/// (both UTC). A renewal before expiry keeps its token; every other taking gets a higher one than
/// any before. Of several at once the row decides.
pub fn take(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    name: &str,
    holder: AnyId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<i64>, StorageError> {
    Ok(with_conn!(tx, c => {
        let taken = diesel::insert_into(leases::table)
            .values((
                leases::agency_id.eq(bind(agency)),
                leases::name.eq(name),
                leases::holder.eq(bind(holder)),
                leases::fence.eq(1_i64),
                leases::until.eq(bind(until)),
            ))
            .on_conflict((leases::agency_id, leases::name))
            .do_update()
            .set((
                leases::holder.eq(excluded(leases::holder)),
                leases::fence.eq(case_when(leases::until.gt(bind(now)), leases::fence)
                    .otherwise(leases::fence + 1_i64)),
                leases::until.eq(excluded(leases::until)),
            ));
        let taken = diesel::query_dsl::methods::FilterDsl::filter(
            taken,
            leases::until.le(bind(now)).or(leases::holder.eq(bind(holder))),
        );
        prepared(taken.returning(leases::fence))
            .get_result(*c)
            .optional()
    })?)
}

/// Gives a lease back at `now` (UTC), if `holder` still has it under `fence`; answers whether.
/// The row stays, so that tokens keep rising.
pub fn release(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    name: &str,
    holder: AnyId,
    fence: i64,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let released = with_conn!(tx, c => execute_prepared!(*c, leases, diesel::update(leases::table)
        .filter(leases::agency_id.eq(bind(agency)))
        .filter(leases::name.eq(name))
        .filter(leases::holder.eq(bind(holder)))
        .filter(leases::fence.eq(fence))
        .filter(leases::until.gt(bind(now)))
        .set(leases::until.eq(bind(now)))))?;
    Ok(released == 1)
}
