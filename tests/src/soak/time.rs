//! Time of a soak: it passes as it does, and leaps ahead when told to, for all processes at once.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    thread,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use platform::Clock;

use crate::TestApp;

/// How finely clocks move.
const TICK: Duration = Duration::from_millis(1);

/// The time of a soak. A file says how far it is from the machine's: processes read it there.
pub(super) struct Time {
    file: PathBuf,
    ahead: Arc<AtomicI64>,
    over: Arc<AtomicBool>,
}

impl Time {
    /// From where the app's clock stands; the app's clock moves with it.
    pub fn start(app: &TestApp, folder: &Path) -> Self {
        let ahead = (app.now() - Clock::System.now())
            .num_microseconds()
            .unwrap();
        let time = Self {
            file: folder.join("ahead"),
            ahead: Arc::new(AtomicI64::new(ahead)),
            over: Arc::default(),
        };
        time.write(ahead);
        let (app, ahead, over) = (app.clone(), Arc::clone(&time.ahead), Arc::clone(&time.over));
        thread::spawn(move || {
            while !over.load(Ordering::SeqCst) {
                app.stand_at(shifted(ahead.load(Ordering::SeqCst)));
                thread::sleep(TICK);
            }
        });
        time
    }

    /// Where processes read it ([`follow`]).
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What time it is (UTC).
    pub fn now(&self) -> DateTime<Utc> {
        shifted(self.ahead.load(Ordering::SeqCst))
    }

    /// Leaps ahead to an instant (UTC); never back.
    pub fn leap(&self, to: DateTime<Utc>) {
        let by = (to - self.now()).num_microseconds().unwrap().max(0);
        let ahead = self.ahead.fetch_add(by, Ordering::SeqCst) + by;
        self.write(ahead);
    }

    /// At once: whoever reads meanwhile reads all of the old or all of the new.
    fn write(&self, ahead: i64) {
        let making = self.file.with_extension("making");
        fs::write(&making, ahead.to_string()).unwrap();
        fs::rename(making, &self.file).unwrap();
    }
}

impl Drop for Time {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

fn shifted(ahead: i64) -> DateTime<Utc> {
    Clock::System.now() + TimeDelta::microseconds(ahead)
}

/// A clock that keeps the time of the soak with this file, as long as the process lives.
///
/// # Panics
/// When the file cannot be read.
pub fn follow(file: PathBuf) -> Clock {
    let read =
        move || -> DateTime<Utc> { shifted(fs::read_to_string(&file).unwrap().parse().unwrap()) };
    let (clock, handle) = Clock::manual(read());
    thread::spawn(move || {
        loop {
            handle.set(read());
            thread::sleep(TICK);
        }
    });
    clock
}
