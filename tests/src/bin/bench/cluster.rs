//! A PostgreSQL server of the benchmark's own. Unlike that of the tests it lies on a disk and has
//! the default durability: every commit waits for the disk.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::Outcome;

/// What differs from the settings `initdb` writes. Nothing that weakens durability.
pub const SETTINGS: &str = "listen_addresses = '127.0.0.1'
max_connections = 60
shared_buffers = 1GB
max_wal_size = 4GB
";

/// A running server; stops when dropped, its data stays.
#[derive(Debug)]
pub struct Cluster {
    binaries: PathBuf,
    data: PathBuf,
    port: u16,
    account: Option<(u32, u32)>,
}

impl Cluster {
    /// Starts the server in `dir`, making its data folder where there is none.
    pub fn start(dir: &Path) -> Outcome<Self> {
        let place = dir.join("postgres");
        fs::create_dir_all(&place)?;
        let account = account()?;
        if let Some((user, group)) = account {
            chown(&place, Some(user), Some(group))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let data = place.join("data");
        let cluster = Self {
            binaries: binaries()?,
            data,
            port,
            account,
        };
        if !cluster.data.exists() {
            cluster.run(
                "initdb",
                &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"],
            )?;
            let path = cluster.data.join("postgresql.conf");
            let sockets = place.display();
            let settings = fs::read_to_string(&path)?;
            let settings = format!("{settings}\n{SETTINGS}unix_socket_directories = '{sockets}'\n");
            fs::write(path, settings)?;
        }
        let log = place.join("log").display().to_string();
        cluster.run(
            "pg_ctl",
            &["-w", "-l", &log, "-o", &format!("-p {port}"), "start"],
        )?;
        Ok(cluster)
    }

    /// The URL of a database on it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn run(&self, binary: &str, arguments: &[&str]) -> Outcome<()> {
        let mut command = Command::new(self.binaries.join(binary));
        // The server keeps what it inherits: it gets neither our stdout nor our stderr.
        command
            .arg("-D")
            .arg(&self.data)
            .args(arguments)
            .current_dir("/");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        let status = command.status()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("{binary}: {status}").into())
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.run("pg_ctl", &["-m", "fast", "-w", "stop"]) {
            eprintln!("the server on port {} was not stopped: {error}", self.port);
        }
    }
}

/// The folder of the newest installed `initdb` and `pg_ctl`.
fn binaries() -> Outcome<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")?
        .filter_map(Result::ok)
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    versions.sort_unstable();
    let newest = versions
        .pop()
        .ok_or("PostgreSQL is not installed: apt-get install postgresql")?;
    Ok(newest.1)
}

/// Whom the server runs as, when we are root: PostgreSQL refuses to be root.
fn account() -> Outcome<Option<(u32, u32)>> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
        .map(Some)
        .ok_or_else(|| "there is no account that PostgreSQL could run as".into())
}
