//! PostgreSQL: a database per test, copied from one that is migrated once.

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _,
    sql_types::{BigInt, Text},
};

use crate::{
    cluster::{self, run_folder},
    database,
};

/// A database on the server of the run.
#[derive(Debug)]
pub struct PostgresDatabase {
    pub(crate) url: String,
    admin_url: &'static str,
    name: String,
}

impl PostgresDatabase {
    /// The URL under which whoever may take `role` has no more rights than that. Roles of the tests
    /// have no password, so they are taken on after signing in.
    pub(crate) fn url_as(&self, role: &str) -> String {
        let mark = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{mark}options=-c%20role%3D{role}", self.url)
    }

    pub(crate) fn fresh() -> Option<Self> {
        let admin_url = cluster::admin_url()?;
        let name = database::fresh_name();
        let template = template(admin_url);
        run(
            admin_url,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        );
        Some(Self {
            url: url_of(admin_url, &name),
            admin_url,
            name,
        })
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // Connections of the pools may still be closing.
        run(
            self.admin_url,
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        );
    }
}

/// The migrated database that others are copied from. On a server that stays, it stays too.
fn template(admin_url: &str) -> String {
    let name = format!("tongxing_template_{}", database::fingerprint("postgres"));
    run_folder::once(&name, |_| {
        if !exists(admin_url, &name) {
            let making = format!("{name}_{}", run_folder::key());
            run(
                admin_url,
                &format!("CREATE DATABASE {making} TEMPLATE template0"),
            );
            database::migrate_to_newest(&url_of(admin_url, &making));
            run(
                admin_url,
                &format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{making}'"
                ),
            );
            run(
                admin_url,
                &format!("ALTER DATABASE {making} RENAME TO {name}"),
            );
        }
        name.clone()
    })
}

fn exists(admin_url: &str, name: &str) -> bool {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let row: Row =
        diesel::sql_query("SELECT count(*) AS count FROM pg_database WHERE datname = $1")
            .bind::<Text, _>(name)
            .get_result(&mut connect(admin_url))
            .unwrap();
    row.count > 0
}

fn run(admin_url: &str, statement: &str) {
    diesel::sql_query(statement)
        .execute(&mut connect(admin_url))
        .unwrap();
}

fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap()
}

/// The URL of another database of the same server.
fn url_of(admin_url: &str, name: &str) -> String {
    let (address, settings) = admin_url
        .split_once('?')
        .map_or((admin_url, String::new()), |(address, rest)| {
            (address, format!("?{rest}"))
        });
    let (server, _) = address.rsplit_once('/').unwrap();
    format!("{server}/{name}{settings}")
}
