//! Deleting rows of sign-ins whose time is over, the oldest first.

/// Of a table that is no tenant's: deletes the rows whose `$at` is `lt` or `le` an instant, about `$limit` of them; answers how many.
/// The limit is in a sub-query, for neither database limits a `DELETE`; the condition stands outside
/// too, for a row may have changed by then.
macro_rules! delete_oldest {
    ($tx:expr, $table:ident by $key:ident, $at:ident $than:ident $instant:expr, $limit:expr) => {
        crate::with_conn!($tx, c => {
            let kept = diesel::alias!($table as kept);
            let oldest = kept
                .filter(kept.field($table::$at).$than(crate::types::bind($instant)))
                .order(kept.field($table::$at))
                .limit($limit)
                .select(kept.field($table::$key));
            diesel::delete($table::table)
                .filter($table::$key.eq_any(oldest))
                .filter($table::$at.$than(crate::types::bind($instant)))
                .execute(*c)
        })
    };
}
pub(crate) use delete_oldest;

/// Of a tenant's table: deletes the rows that expired before an instant from among the `$limit` oldest;
/// answers how many. Looking only at the oldest keeps the cost apart from the number of rows: ids sort
/// by the time they were made, and what was made first expires first.
macro_rules! delete_expired {
    ($tx:expr, $table:ident of $agency:expr, $before:expr, $limit:expr) => {
        crate::with_conn!($tx, c => {
            let kept = diesel::alias!($table as kept);
            let oldest = kept
                .filter(kept.field($table::agency_id).eq(crate::types::bind($agency)))
                .order(kept.field($table::id))
                .limit($limit)
                .select(kept.field($table::id));
            diesel::delete($table::table)
                .filter($table::agency_id.eq(crate::types::bind($agency)))
                .filter($table::id.eq_any(oldest))
                .filter($table::expires_at.lt(crate::types::bind($before)))
                .execute(*c)
        })
    };
}
pub(crate) use delete_expired;
