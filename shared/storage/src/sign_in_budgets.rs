//! How many codes were asked for in an hour, by address and in all: what an attacker could make the
//! SMS account pay for. Not a tenant's: nobody has signed in yet.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{dsl::case_when, prelude::*, upsert::excluded};

use crate::{
    error::StorageError, oldest::delete_oldest, schema::sign_in_budgets, store::Tx, types::bind,
    with_conn,
};

const WINDOW: TimeDelta = TimeDelta::hours(1);

/// Counts one more for `name` at `now` (UTC); answers how many there were within the hour, this one
/// included. The name is stored as a keyed hash: an address is personal data.
pub fn spend(tx: &mut Tx<'_>, name: &str, now: DateTime<Utc>) -> Result<i32, StorageError> {
    let key = tx.sealer().blind_index("sign_in_budgets.key", name);
    Ok(with_conn!(tx, c => {
        let over = sign_in_budgets::began_at.le(bind(now - WINDOW));
        diesel::insert_into(sign_in_budgets::table)
            .values((
                sign_in_budgets::key.eq(key),
                sign_in_budgets::began_at.eq(bind(now)),
                sign_in_budgets::count.eq(1),
            ))
            .on_conflict(sign_in_budgets::key)
            .do_update()
            .set((
                sign_in_budgets::count.eq(case_when(over, 1.into_sql::<diesel::sql_types::Integer>())
                    .otherwise(sign_in_budgets::count + 1)),
                sign_in_budgets::began_at.eq(case_when(over, excluded(sign_in_budgets::began_at))
                    .otherwise(sign_in_budgets::began_at)),
            ))
            .returning(sign_in_budgets::count)
            .get_result(*c)
    })?)
}

/// Removes about `limit` budgets whose hour was over at `before` (UTC); answers how many.
pub fn purge(tx: &mut Tx<'_>, before: DateTime<Utc>, limit: i64) -> Result<usize, StorageError> {
    let before = before - WINDOW;
    Ok(delete_oldest!(tx, sign_in_budgets by key, began_at lt before, limit)?)
}
