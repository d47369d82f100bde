//! Databases to measure on: loaded once per size, kept, and copied for every run.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use storage::{Options, Sealer, SealingKey, Store, Synchronous, migrate, roles};

use crate::{Db, Outcome, cluster::Cluster, load, sql};

/// Goes up when loaded databases of an earlier benchmark no longer fit.
const LAYOUT: u32 = 2;

/// Databases of one kind.
#[derive(Debug)]
pub struct Site {
    /// Which kind.
    pub db: Db,
    dir: PathBuf,
    cluster: Option<Cluster>,
}

impl Site {
    /// Starts the server where there is one.
    pub fn open(dir: &Path, db: Db) -> Outcome<Self> {
        fs::create_dir_all(dir)?;
        let cluster = match db {
            Db::Sqlite => None,
            Db::Postgres => Some(Cluster::start(dir)?),
        };
        Ok(Self {
            db,
            dir: dir.to_owned(),
            cluster,
        })
    }

    /// A fresh copy of a database with so many clients; answers its URL. Loads it first where it is
    /// not there yet.
    pub fn copy(&self, clients: usize) -> Outcome<String> {
        let loaded = format!("bench_{LAYOUT}_{clients}");
        let url = match &self.cluster {
            None => self.copy_file(&loaded, clients)?,
            Some(cluster) => copy_database(cluster, &loaded, clients)?,
        };
        // What was loaded may be older than the newest migration.
        let store = open(&url, 1)?;
        migrate::up(&store)?;
        if self.cluster.is_some() {
            roles::apply(&store)?;
        }
        Ok(url)
    }

    fn copy_file(&self, loaded: &str, clients: usize) -> Outcome<String> {
        let source = self.dir.join(format!("{loaded}.db"));
        if !source.exists() {
            let making = self.dir.join(format!("{loaded}.making"));
            remove(&making)?;
            fill(&sqlite_url(&making), clients)?;
            fs::rename(&making, &source)?;
        }
        let run = self.dir.join("run.db");
        remove(&run)?;
        fs::copy(source, &run)?;
        Ok(sqlite_url(&run))
    }
}

fn copy_database(cluster: &Cluster, loaded: &str, clients: usize) -> Outcome<String> {
    let admin = cluster.url("postgres");
    let exists = format!("SELECT count(*) AS n FROM pg_database WHERE datname = '{loaded}'");
    if sql::number(&admin, &exists)? == 0 {
        let making = format!("{loaded}_making");
        sql::execute(
            &admin,
            &format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)"),
        )?;
        sql::execute(&admin, &format!("CREATE DATABASE {making}"))?;
        fill(&cluster.url(&making), clients)?;
        sql::execute(&cluster.url(&making), "VACUUM (FREEZE, ANALYZE)")?;
        // The pools' last sessions may still be ending.
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity";
        sql::execute(&admin, &format!("{end} WHERE datname = '{making}'"))?;
        sql::execute(
            &admin,
            &format!("ALTER DATABASE {making} RENAME TO {loaded}"),
        )?;
    }
    sql::execute(&admin, "DROP DATABASE IF EXISTS run WITH (FORCE)")?;
    let strategy = "STRATEGY file_copy";
    sql::execute(
        &admin,
        &format!("CREATE DATABASE run TEMPLATE {loaded} {strategy}"),
    )?;
    // What copying left to be written is not to be written during a measurement.
    sql::execute(&admin, "CHECKPOINT")?;
    Ok(cluster.url("run"))
}

fn fill(url: &str, clients: usize) -> Outcome<()> {
    let started = Instant::now();
    let store = open(url, 2)?;
    migrate::up(&store)?;
    load::load(&store, clients)?;
    eprintln!("loaded {clients} clients in {:.0?}", started.elapsed());
    Ok(())
}

/// Opens a database as production does.
pub fn open(url: &str, pool_size: u32) -> Outcome<Store> {
    open_with(url, pool_size, true)
}

/// The URL under which one of the product's own roles reaches the database, on PostgreSQL.
pub fn url_as(url: &str, role: &str) -> String {
    url.replacen("postgres@", &format!("{role}@"), 1)
}

/// The same as [`open`], with or without PostgreSQL's own wall between agencies.
pub fn open_with(url: &str, pool_size: u32, row_security: bool) -> Outcome<Store> {
    let options = Options {
        url: url.to_owned(),
        pool_size,
        statement_cache: true,
        row_security,
        busy_timeout: Duration::from_secs(5),
        synchronous: Synchronous::Full,
    };
    let sealer = Sealer::new(
        &[SealingKey {
            id: 1,
            bytes: [7; 32],
        }],
        &[8; 32],
    )?;
    Ok(Store::open(&options, sealer)?)
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

fn remove(path: &Path) -> Outcome<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let file = PathBuf::from(name);
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}
