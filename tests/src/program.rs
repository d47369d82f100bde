//! The product's programs, as processes of their own on a test's database.

use std::{
    env,
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant, SystemTime},
};

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::{TestApp, cluster::run_folder, database::fresh_name};

/// The keys of every test's sealed fields, as files.
const SEALING_KEYS: &str = "1:0707070707070707070707070707070707070707070707070707070707070707\n";
const INDEX_KEY: &str = "0808080808080808080808080808080808080808080808080808080808080808\n";
/// A program that has not begun to serve by then does not: machines of tests are busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder for what a program reads and writes.
///
/// # Panics
/// When it cannot be made.
pub fn folder() -> PathBuf {
    let folder = run_folder::path().join(fresh_name());
    fs::create_dir(&folder).unwrap();
    folder
}

/// Settings of the sandbox on the app's database as `role`, with the keys of every test in `folder`:
/// keys without `TONGXING__`.
///
/// # Panics
/// When the files cannot be written.
pub fn settings(app: &TestApp, role: &str, folder: &Path) -> Vec<(&'static str, String)> {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    vec![
        ("PROFILE", "sandbox".to_owned()),
        ("DATABASE__URL", app.database_url_as(role)),
        ("DATABASE__POOL_SIZE", "4".to_owned()),
        ("SEALING__KEYS_FILE", file("keys", SEALING_KEYS)),
        ("SEALING__INDEX_KEY_FILE", file("index-key", INDEX_KEY)),
    ]
}

/// One of the programs with these settings.
pub fn command(program: &'static str, settings: &[(&str, String)]) -> Command {
    let mut command = Command::new(binary(program));
    let settings = settings
        .iter()
        .map(|(key, value)| (format!("TONGXING__{key}"), value));
    command.envs(settings).stdin(Stdio::null());
    command
}

/// What `tongxing` answers to these arguments, run by the operator on the app's database.
///
/// # Panics
/// When it cannot be run.
pub fn tongxing(app: &TestApp, arguments: &[&str]) -> Output {
    let settings = settings(app, "tongxing_migrator", &folder());
    command("tongxing", &settings)
        .args(arguments)
        .output()
        .unwrap()
}

/// A running `tongxing serve`. Killed when dropped.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    address: SocketAddr,
    http: reqwest::Client,
}

impl Serving {
    /// Starts one on the app's database, in real time and with cheap passwords.
    ///
    /// # Panics
    /// When it does not begin to serve.
    pub async fn start(app: &TestApp, more: &[(&'static str, &str)]) -> Self {
        let folder = folder();
        let mut settings = settings(app, "tongxing_app", &folder);
        settings.extend(
            [
                ("SERVER__BIND", "127.0.0.1:0"),
                ("GATEWAY__KIND", "recording"),
                ("AUTH__ARGON2__MEMORY_KIB", "64"),
                ("AUTH__ARGON2__ITERATIONS", "1"),
            ]
            .iter()
            .chain(more)
            .map(|(key, value)| (*key, (*value).to_owned())),
        );
        let log = folder.join("log");
        let child = command("tongxing", &settings)
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut serving = Self {
            child,
            address: ([127, 0, 0, 1], 0).into(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        serving.address = serving.listens(&log).await;
        serving
    }

    async fn listens(&mut self, log: &Path) -> SocketAddr {
        let began = Instant::now();
        loop {
            let text = fs::read_to_string(log).unwrap();
            let mut lines = text
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let found = lines.rfind(|line| line["message"] == "answering requests");
            if let Some(line) = found {
                return line["address"].as_str().unwrap().parse().unwrap();
            }
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() && began.elapsed() < PATIENCE,
                "{ended:?}: {text}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A request to it, for [`TestApp::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("http://{}{path}", self.address))
    }

    /// SIGKILL: no chance to put anything by.
    ///
    /// # Panics
    /// When it ended before.
    pub fn kill(mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None);
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Gone already, if the test killed it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program of this build. `cargo test --workspace` has built it; `cargo test -p tests` has not.
///
/// # Panics
/// When it does not build.
pub fn binary(program: &'static str) -> PathBuf {
    let folder = env::current_exe().unwrap();
    let folder = folder.ancestors().nth(2).unwrap();
    let binary = folder.join(program);
    run_folder::once(program, |_| {
        if !is_newest(&binary) {
            build(program, folder);
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

fn build(program: &str, folder: &Path) {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // Together with this package, so that the libraries are those that stand there already.
    command
        .args(["build", "--quiet", "--package", "tests", "--package", "api"])
        .args(["--package", "worker", "--bin", program, "--target-dir"])
        .arg(folder.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if folder.ends_with("release") {
        command.arg("--release");
    }
    assert!(
        command.status().unwrap().success(),
        "{program} did not build"
    );
}
