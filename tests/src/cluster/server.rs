//! Starting a PostgreSQL server from installed binaries.

use std::{
    env,
    fs::{self, OpenOptions},
    io::Write as _,
    net::TcpListener,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Nothing of this server outlives the run, so it need not wait for a disk.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 1h
autovacuum = off
jit = off
";

/// How often a free port may turn out to be taken by the time the server listens on it.
const PORTS_TRIED: u32 = 3;

/// The folder of the newest `initdb` and `pg_ctl` that can be found.
pub fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut installed: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            let number = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .collect();
    installed.sort_unstable();
    let on_path = env::var_os("PATH").unwrap_or_default();
    let folders = installed.into_iter().rev().map(|(_, folder)| folder);
    folders.chain(env::split_paths(&on_path)).find(|folder| {
        ["initdb", "pg_ctl"]
            .iter()
            .all(|binary| folder.join(binary).is_file())
    })
}

/// Makes a cluster in `folder` and starts its server; answers its URL. `folder/stop.sh` stops it.
pub fn start(binaries: &Path, folder: &Path) -> String {
    let place = folder.join("postgres");
    let data = place.join("data");
    fs::create_dir(&place).unwrap();
    let account = Account::of_server();
    if let Account::Other { user, group, .. } = &account {
        chown(&place, Some(*user), Some(*group)).unwrap();
    }
    let run = |binary: &str, arguments: &[&str]| {
        let mut command = account.command(&binaries.join(binary));
        command
            .arg("-D")
            .arg(&data)
            .args(arguments)
            .current_dir(&place)
            .stdin(Stdio::null());
        command
    };
    let output = run(
        "initdb",
        &[
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ],
    )
    .output()
    .unwrap();
    assert!(
        output.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut settings = OpenOptions::new()
        .append(true)
        .open(data.join("postgresql.conf"))
        .unwrap();
    let sockets = place.display();
    writeln!(settings, "{SETTINGS}unix_socket_directories = '{sockets}'").unwrap();

    let stop = account.shell_text(&binaries.join("pg_ctl"));
    let stop = format!(
        "cd /\n{stop} -D '{}' -m immediate stop >/dev/null 2>&1\n",
        data.display()
    );
    fs::write(folder.join("stop.sh"), stop).unwrap();
    for _ in 0..PORTS_TRIED {
        let port = free_port();
        // The server keeps what it inherits: give it neither our stdout nor our stderr.
        let started = run(
            "pg_ctl",
            &["-w", "-l", "log", "-o", &format!("-p {port}"), "start"],
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
        if started.success() {
            return format!("postgres://postgres@127.0.0.1:{port}/postgres");
        }
    }
    let log = fs::read_to_string(place.join("log")).unwrap_or_default();
    panic!("PostgreSQL did not start: {log}");
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Who the server runs as. PostgreSQL refuses to run as root.
enum Account {
    Own,
    Other {
        name: &'static str,
        user: u32,
        group: u32,
    },
}

impl Account {
    fn of_server() -> Self {
        if id(&["-u"]) != Some(0) {
            return Self::Own;
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| {
                Some(Self::Other {
                    name,
                    user: id(&["-u", name])?,
                    group: id(&["-g", name])?,
                })
            })
            .unwrap()
    }

    fn prefix(&self) -> Vec<String> {
        match self {
            Self::Own => Vec::new(),
            Self::Other { user, group, .. } if is_there("setpriv") => vec![
                "setpriv".to_owned(),
                format!("--reuid={user}"),
                format!("--regid={group}"),
                "--clear-groups".to_owned(),
            ],
            Self::Other { name, .. } => ["runuser", "-u", name, "--"]
                .into_iter()
                .map(str::to_owned)
                .collect(),
        }
    }

    fn command(&self, binary: &Path) -> Command {
        match self.prefix().split_first() {
            None => Command::new(binary),
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(binary);
                command
            }
        }
    }

    fn shell_text(&self, binary: &Path) -> String {
        let mut words = self.prefix();
        words.push(format!("'{}'", binary.display()));
        words.join(" ")
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn is_there(command: &str) -> bool {
    Command::new(command).arg("--version").output().is_ok()
}
