//! The tables the code believes in are those the migrations make.

use std::collections::BTreeMap;

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{Bool, Text},
};

use crate::{database::on_each, statements::SHARED};

/// A table as `schema.rs` declares it.
#[derive(Debug)]
pub struct Table {
    pub name: String,
    key: Vec<String>,
    /// Name, declared type, whether it may be NULL.
    columns: Vec<(String, String, bool)>,
}

impl Table {
    /// The names of its columns.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, ..)| name.as_str())
    }

    /// The columns whose fields are sealed.
    pub fn sealed(&self) -> impl Iterator<Item = &str> {
        let names = self.columns.iter().map(|(name, ..)| name.as_str());
        names.filter(|name| name.ends_with("_sealed"))
    }

    /// Whether its rows are agencies' own.
    pub fn is_a_tenants(&self) -> bool {
        self.columns.iter().any(|(name, ..)| name == "agency_id")
    }
}

/// Every table that `schema.rs` declares.
pub fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in include_str!("../../../shared/storage/src/schema.rs")
        .lines()
        .map(str::trim)
    {
        if let Some((name, key)) = line
            .strip_suffix(") {")
            .and_then(|declared| declared.split_once(" ("))
        {
            tables.push(Table {
                name: name.to_owned(),
                key: key.split(", ").map(str::to_owned).collect(),
                columns: Vec::new(),
            });
        } else if let Some((name, kind)) = line
            .strip_suffix(',')
            .and_then(|declared| declared.split_once(" -> "))
        {
            let inner = kind
                .strip_prefix("Nullable<")
                .and_then(|kind| kind.strip_suffix('>'));
            tables.last_mut().unwrap().columns.push((
                name.to_owned(),
                inner.unwrap_or(kind).to_owned(),
                inner.is_some(),
            ));
        }
    }
    tables
}

/// The column type of each backend: SQLite, PostgreSQL.
fn stored_as(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "Uid" => ("BLOB", "uuid"),
        "UtcInstant" => ("INTEGER", "timestamp with time zone"),
        "JsonDoc" => ("TEXT", "jsonb"),
        "Word" | "Text" => ("TEXT", "text"),
        "Date" => ("TEXT", "date"),
        "Binary" => ("BLOB", "bytea"),
        "Bool" => ("INTEGER", "boolean"),
        "BigInt" => ("INTEGER", "bigint"),
        "Integer" => ("INTEGER", "integer"),
        other => panic!("a type new to this test: {other}"),
    }
}

#[derive(Debug, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    of_table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(Debug, QueryableByName)]
struct KeyColumn {
    #[diesel(sql_type = Text)]
    of_table: String,
    #[diesel(sql_type = Text)]
    name: String,
}

fn sqlite(path: &str) -> (Vec<Column>, Vec<KeyColumn>) {
    let mut conn = SqliteConnection::establish(path).unwrap();
    let columns = sql_query(
        "SELECT m.name AS of_table, p.name AS name, p.type AS kind, \
                p.\"notnull\" = 0 AS nullable \
         FROM sqlite_master m, pragma_table_info(m.name) p \
         WHERE m.type = 'table' ORDER BY m.name, p.cid",
    )
    .load(&mut conn)
    .unwrap();
    let keys = sql_query(
        "SELECT m.name AS of_table, p.name AS name \
         FROM sqlite_master m, pragma_table_info(m.name) p \
         WHERE m.type = 'table' AND p.pk > 0 ORDER BY m.name, p.pk",
    )
    .load(&mut conn)
    .unwrap();
    (columns, keys)
}

fn postgres(url: &str) -> (Vec<Column>, Vec<KeyColumn>) {
    let mut conn = PgConnection::establish(url).unwrap();
    let columns = sql_query(
        "SELECT table_name::text AS of_table, column_name::text AS name, data_type::text AS kind, \
                is_nullable = 'YES' AS nullable \
         FROM information_schema.columns WHERE table_schema = 'public' \
         ORDER BY table_name, ordinal_position",
    )
    .load(&mut conn)
    .unwrap();
    let keys = sql_query(
        "SELECT k.table_name::text AS of_table, k.column_name::text AS name \
         FROM information_schema.table_constraints t \
         JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name) \
         WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = 'public' \
         ORDER BY k.table_name, k.ordinal_position",
    )
    .load(&mut conn)
    .unwrap();
    (columns, keys)
}

/// Columns in order, by table; each with its type and whether it may be NULL.
type Columns = BTreeMap<String, Vec<(String, String, bool)>>;

#[test]
fn the_declared_tables_are_the_migrated_ones() {
    on_each(|database| {
        let is_sqlite = database.url.starts_with("sqlite://");
        let (columns, keys) = match database.url.strip_prefix("sqlite://") {
            Some(path) => sqlite(path),
            None => postgres(&database.url),
        };
        let mut stored = Columns::new();
        for column in columns {
            stored.entry(column.of_table).or_default().push((
                column.name,
                column.kind,
                column.nullable,
            ));
        }
        stored.remove("__diesel_schema_migrations");
        let mut stored_keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for key in keys {
            stored_keys.entry(key.of_table).or_default().push(key.name);
        }
        stored_keys.remove("__diesel_schema_migrations");

        let declared: Columns = tables()
            .into_iter()
            .map(|table| {
                let columns = table.columns.into_iter().map(|(name, kind, nullable)| {
                    let (on_sqlite, on_postgres) = stored_as(&kind);
                    (
                        name,
                        if is_sqlite { on_sqlite } else { on_postgres }.to_owned(),
                        nullable,
                    )
                });
                (table.name, columns.collect())
            })
            .collect();
        assert_eq!(stored, declared);
        let declared_keys: BTreeMap<_, _> = tables()
            .into_iter()
            .map(|table| (table.name, table.key))
            .collect();
        assert_eq!(stored_keys, declared_keys);
    });
}

#[test]
fn the_key_of_a_tenants_table_begins_with_its_agency() {
    for table in tables() {
        if !SHARED.contains(&table.name.as_str()) {
            assert_eq!(table.key.first().unwrap(), "agency_id", "{}", table.name);
        }
    }
}
