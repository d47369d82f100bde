//! Statements prepared once per connection.
//!
//! diesel prepares every `UPDATE` and upsert anew, since their text may differ where their type does
//! not: on PostgreSQL that is a second round trip and a parse and plan on the server, on SQLite the
//! larger part of a write's processor time. Here the prepared statement is kept under its text.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

/// A statement that is prepared once. Made by [`prepared`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prepared<T>(T);

/// Prepares a statement once per connection, under its text. For statements whose text takes few
/// forms: each stays in memory. Not for lists of any length, which SQLite writes out one by one.
///
/// Only for statements that answer rows: diesel's `execute` passes the statement on by reference, and
/// there prepares it anew. For the others see [`execute_prepared`].
pub(crate) const fn prepared<T>(statement: T) -> Prepared<T> {
    Prepared(statement)
}

impl<T> QueryId for Prepared<T> {
    type QueryId = ();
    // Without an id of its type the text is the key.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: Query> Query for Prepared<T> {
    type SqlType = T::SqlType;
}

impl<T, C> RunQueryDsl<C> for Prepared<T> {}

impl<T: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Prepared<T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

/// Runs an `UPDATE` or upsert of a tenant's table, prepared once; answers how many rows it changed.
macro_rules! execute_prepared {
    ($conn:expr, $table:ident, $statement:expr) => {
        crate::prepared::prepared($statement.returning($table::agency_id))
            .load::<domain::AgencyId>($conn)
            .map(|changed| changed.len())
    };
}
pub(crate) use execute_prepared;

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use diesel::{
        Connection, SqliteConnection,
        connection::{InstrumentationEvent, SimpleConnection},
        prelude::*,
    };

    use super::*;

    diesel::table! {
        things (id) { id -> Integer, name -> Text, }
    }

    #[test]
    fn an_update_is_prepared_once_and_binds_what_it_is_given_each_time() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute(
            "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL); \
             INSERT INTO things VALUES (1, 'a'), (2, 'b');",
        )
        .unwrap();
        let kept = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&kept);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                seen.fetch_add(1, Ordering::Relaxed);
            }
        });
        for (id, name) in [(1, "c"), (2, "d")] {
            let renamed = diesel::update(things::table.filter(things::id.eq(id)))
                .set(things::name.eq(name))
                .returning(things::id);
            assert_eq!(prepared(renamed).get_results(&mut conn), Ok(vec![id]));
        }
        assert_eq!(kept.load(Ordering::Relaxed), 1);
        let names: Vec<String> = things::table
            .order(things::id)
            .select(things::name)
            .load(&mut conn)
            .unwrap();
        assert_eq!(names, ["c", "d"]);
    }
}
