//! A PostgreSQL server to be thrown away, started once per `cargo test` and shared by its binaries.
//!
//! Uses nothing but the standard library, so that other crates' tests can include this folder.

pub mod run_folder;
mod server;

use std::{env, io::Write as _, sync::OnceLock};

/// The URL of a PostgreSQL server on which databases may be made: the one `TEST_DATABASE_URL`
/// names, else a throw-away one. `None` where there is neither; that is said once, on stderr.
///
/// # Panics
/// With `CI=true`, when there is no server: the half that runs on it must not be left out there.
pub fn admin_url() -> Option<&'static str> {
    static URL: OnceLock<Option<String>> = OnceLock::new();
    URL.get_or_init(find_or_start).as_deref()
}

fn find_or_start() -> Option<String> {
    if let Some(url) = env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
    {
        return Some(url);
    }
    if let Some(binaries) = server::binaries() {
        return Some(run_folder::once("postgres", |folder| {
            server::start(&binaries, folder)
        }));
    }
    let why = "PostgreSQL's binaries (initdb, pg_ctl) were not found: the tests on PostgreSQL are \
               left out, only SQLite is tested. Get them with `apt-get install postgresql`, or set \
               TEST_DATABASE_URL=postgres://user:password@host/postgres.";
    assert!(env::var("CI").as_deref() != Ok("true"), "{why}");
    run_folder::once("postgres-left-out", |_| {
        #[expect(
            clippy::explicit_write,
            reason = "the test runner keeps what `eprintln` says to itself"
        )]
        writeln!(std::io::stderr(), "\nnote: {why}\n").unwrap();
        String::new()
    });
    None
}
