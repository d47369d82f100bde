//! SQL that only a benchmark needs: copies of databases, counters.

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection,
    sql_types::BigInt,
};

use crate::Outcome;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Runs one statement on the database behind `url`.
pub fn execute(url: &str, statement: &str) -> Outcome<()> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        let mut conn = SqliteConnection::establish(path)?;
        diesel::sql_query(statement).execute(&mut conn)?;
    } else {
        let mut conn = PgConnection::establish(url)?;
        diesel::sql_query(statement).execute(&mut conn)?;
    }
    Ok(())
}

/// The number that a query names `n`.
pub fn number(url: &str, query: &str) -> Outcome<i64> {
    let found: Number = if let Some(path) = url.strip_prefix("sqlite://") {
        diesel::sql_query(query).get_result(&mut SqliteConnection::establish(path)?)?
    } else {
        diesel::sql_query(query).get_result(&mut PgConnection::establish(url)?)?
    };
    Ok(found.n)
}

/// Rows read so far in a PostgreSQL database, by scans and through indexes. Sessions report when
/// they end, so there must be none left.
pub fn rows_read(url: &str) -> Outcome<i64> {
    let others = "SELECT count(*) AS n FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid() \
                  AND backend_type = 'client backend'";
    while number(url, others)? > 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    number(
        url,
        "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint AS n \
         FROM pg_stat_user_tables",
    )
}
