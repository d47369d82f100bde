//! Keeps what this process logs.

use std::{
    io,
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

/// Everything that was logged in this process, by whichever test.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn logged() -> MutexGuard<'static, Vec<u8>> {
    LOGGED.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Capture;

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        logged().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Logs as the binaries do from here on, down to the finest level.
pub(crate) fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_env_filter("trace")
            .with_writer(|| Capture)
            .json()
            .flatten_event(true)
            .init();
    });
}

/// Everything logged since then.
pub(crate) fn text() -> String {
    String::from_utf8(logged().clone()).unwrap()
}
