//! The real `tongxing-worker`, as a process of its own.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};

use serde_json::Value;
use tests::{TestApp, fakes::webhook::SECRET, program};

/// A running `tongxing-worker`. Killed when dropped.
pub(crate) struct WorkerProcess {
    child: Child,
    log: PathBuf,
}

impl WorkerProcess {
    /// Starts one on the app's database and scripted gateway, in real time. A claim is held for
    /// six seconds and a send may take two. It logs everything.
    pub(crate) fn start(app: &TestApp) -> Self {
        let folder = program::folder();
        let log = folder.join("log");
        let mut settings = program::settings(app, "tongxing_worker", &folder);
        settings.extend([
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
        ]);
        let child = program::command("tongxing-worker", &settings)
            .arg("run")
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
