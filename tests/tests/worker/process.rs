//! The real `tongxing-worker`, as a process of its own.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::SystemTime,
};

use serde_json::Value;
use tests::{TestApp, cluster::run_folder, database::fresh_name, fake_gateway::SECRET};

/// The keys of every test's sealed fields, as files.
const SEALING_KEYS: &str = "1:0707070707070707070707070707070707070707070707070707070707070707\n";
const INDEX_KEY: &str = "0808080808080808080808080808080808080808080808080808080808080808\n";

/// A running `tongxing-worker`. Killed when dropped.
pub(crate) struct WorkerProcess {
    child: Child,
    log: PathBuf,
}

impl WorkerProcess {
    /// Starts one on the app's database and scripted gateway, in real time. A claim is held for
    /// six seconds and a send may take two. It logs everything.
    pub(crate) fn start(app: &TestApp) -> Self {
        let folder = run_folder::path().join(fresh_name());
        fs::create_dir(&folder).unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let log = folder.join("log");
        let settings = [
            ("PROFILE", "sandbox".to_owned()),
            ("DATABASE__URL", app.database_url_as("tongxing_worker")),
            ("DATABASE__POOL_SIZE", "4".to_owned()),
            ("SEALING__KEYS_FILE", file("keys", SEALING_KEYS)),
            ("SEALING__INDEX_KEY_FILE", file("index-key", INDEX_KEY)),
            ("WORKER__CLAIM_LEASE_SECONDS", "6".to_owned()),
            ("WORKER__CONCURRENCY", "4".to_owned()),
            ("WORKER__MONITOR__BIND", "127.0.0.1:0".to_owned()),
            ("WORKER__SCHEDULE__DELIVER", "* * * * * *".to_owned()),
            ("GATEWAY__KIND", "webhook".to_owned()),
            ("GATEWAY__WEBHOOK__URL", app.fake().url()),
            ("GATEWAY__WEBHOOK__SECRET", SECRET.to_owned()),
            ("GATEWAY__WEBHOOK__TIMEOUT_SECONDS", "2".to_owned()),
            ("GATEWAY__WEBHOOK__CONNECT_TIMEOUT_SECONDS", "2".to_owned()),
            (
                "GATEWAY__WEBHOOK__ALLOW_PRIVATE_ADDRESSES",
                "true".to_owned(),
            ),
            ("TELEMETRY__FILTER", "trace".to_owned()),
        ];
        let child = Command::new(binary())
            .arg("run")
            .envs(settings.map(|(key, value)| (format!("TONGXING__{key}"), value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { child, log }
    }

    /// SIGKILL: no chance to tidy up.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how it ended.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(told.success());
        let ended = || self.child.try_wait().unwrap();
        let mut ended = ended;
        let mut status = None;
        crate::story::eventually("the worker stops", || {
            status = ended();
            std::future::ready(status.is_some())
        })
        .await;
        status.unwrap()
    }

    /// Everything it has written, as text.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Its log lines with this message.
    pub(crate) fn logged(&self, message: &str) -> Vec<Value> {
        let log = self.log();
        let lines = log.lines().filter(|line| line.starts_with('{'));
        lines
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|line| line["message"] == message)
            .collect()
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        // Gone already, if the test came to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary of this build. `cargo test --workspace` has built it; `cargo test -p tests` has not.
fn binary() -> PathBuf {
    let folder = env::current_exe().unwrap();
    let folder = folder.ancestors().nth(2).unwrap();
    let binary = folder.join("tongxing-worker");
    run_folder::once("worker-binary", |_| {
        if !is_newest(&binary) {
            build(folder);
        }
        binary.display().to_string()
    });
    binary
}

/// Whether it is there, and newer than all it was made of, by the list that cargo leaves beside it.
fn is_newest(binary: &Path) -> bool {
    let changed = |path: &Path| -> Option<SystemTime> { path.metadata().ok()?.modified().ok() };
    let (Some(built), Ok(made_of)) = (
        changed(binary),
        fs::read_to_string(binary.with_extension("d")),
    ) else {
        return false;
    };
    let (_, sources) = made_of.split_once(": ").unwrap();
    let mut sources = sources.split_whitespace().map(Path::new);
    sources.all(|source| changed(source).is_some_and(|changed| changed <= built))
}

fn build(folder: &Path) {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // Together with this package, so that the libraries are those that stand there already.
    command
        .args([
            "build",
            "--quiet",
            "--package",
            "tests",
            "--package",
            "worker",
        ])
        .args(["--bin", "tongxing-worker", "--target-dir"])
        .arg(folder.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if folder.ends_with("release") {
        command.arg("--release");
    }
    assert!(
        command.status().unwrap().success(),
        "the worker did not build"
    );
}
