//! All that a database holds, to show that a refused request left nothing behind.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection,
    query_dsl::methods::LoadQuery, sql_query, sql_types::Text,
};

use crate::{Backend, TestApp};

/// The tables of the audit trail: refusals are put there too.
const TRAIL: [&str; 2] = ["audit_heads", "audit_log"];

/// Every row of every table, as the database writes it, in order.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents(BTreeMap<String, Vec<String>>);

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Contents {
    /// The tables whose rows are not those of `earlier`, the trail left out.
    pub fn changed_since(&self, earlier: &Self) -> BTreeSet<&str> {
        self.0
            .iter()
            .filter(|(table, rows)| earlier.0.get(*table) != Some(*rows))
            .map(|(table, _)| table.as_str())
            .filter(|table| !TRAIL.contains(table))
            .collect()
    }

    /// Whether a text stands in any row, as text or as its bytes.
    pub fn mentions(&self, text: &str) -> bool {
        let bytes: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let bytes = bytes.concat();
        let rows = self.0.values().flatten();
        rows.map(|row| row.to_lowercase())
            .any(|row| row.contains(&text.to_lowercase()) || row.contains(&bytes))
    }

    /// How many rows a table has.
    ///
    /// # Panics
    /// When there is no such table.
    pub fn rows(&self, table: &str) -> usize {
        self.0[table].len()
    }
}

impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(self.0.iter().map(|(table, rows)| (table, rows.len())))
            .finish()
    }
}

impl TestApp {
    /// What the database holds now, read past the product.
    pub fn contents(&self) -> Contents {
        match self.backend() {
            Backend::Sqlite => {
                let path = self.database_url().strip_prefix("sqlite://").unwrap();
                let mut conn = SqliteConnection::establish(path).unwrap();
                let tables = "SELECT name AS line FROM sqlite_master WHERE type = 'table'";
                let mut held = BTreeMap::new();
                for table in lines(&mut conn, tables) {
                    let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
                    let columns: Vec<String> = lines(&mut conn, &columns)
                        .iter()
                        .map(|column| format!("quote(\"{column}\")"))
                        .collect();
                    let columns = columns.join(" || ',' || ");
                    let rows = format!("SELECT {columns} AS line FROM \"{table}\" ORDER BY 1");
                    let rows = lines(&mut conn, &rows);
                    held.insert(table, rows);
                }
                Contents(held)
            }
            Backend::Postgres => {
                let mut conn = PgConnection::establish(self.database_url()).unwrap();
                let tables =
                    "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'";
                let mut held = BTreeMap::new();
                for table in lines(&mut conn, tables) {
                    let rows = format!("SELECT t::text AS line FROM \"{table}\" t ORDER BY 1");
                    let rows = lines(&mut conn, &rows);
                    held.insert(table, rows);
                }
                Contents(held)
            }
        }
    }
}

fn lines<C>(conn: &mut C, query: &str) -> Vec<String>
where
    C: diesel::Connection,
    for<'q> diesel::query_builder::SqlQuery: LoadQuery<'q, C, Line>,
{
    sql_query(query)
        .load::<Line>(conn)
        .unwrap()
        .into_iter()
        .map(|row| row.line)
        .collect()
}
