//! The soak, as small as fits into every run: `src/bin/soak.rs` is the whole.

use std::sync::mpsc;

use tests::{
    Backend,
    soak::{self, Plan, Report},
};

/// How many messages of a thousand may go out twice. A worker that is killed leaves up to four on their
/// way, and here one dies every sixty messages; the whole soak allows one of a thousand.
const TWICE_PER_THOUSAND: f64 = 50.0;

fn soak(backend: Backend) {
    let plan = Plan {
        messages: 240,
        kills: 3,
        seed: 20,
        program: env!("CARGO_BIN_EXE_soak").into(),
    };
    let (report, reports) = mpsc::channel::<Report>();
    tests::on(backend, |setup| async move {
        report.send(soak::run(setup, &plan).await).unwrap();
    });
    // None where there is no such database.
    if let Ok(report) = reports.recv() {
        let faults = report.faults(TWICE_PER_THOUSAND);
        assert!(faults.is_empty(), "{faults:#?}\n{report}");
        assert_eq!(report.kills, 3);
        assert_eq!(report.taken.len(), 7, "by every account: {report}");
    }
}

#[test]
fn nothing_is_lost_on_sqlite() {
    soak(Backend::Sqlite);
}

#[test]
fn nothing_is_lost_on_postgres() {
    soak(Backend::Postgres);
}
