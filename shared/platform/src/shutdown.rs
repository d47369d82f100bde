//! Stopping on SIGTERM or SIGINT.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The wish that the process stop. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// A wish that only [`Shutdown::trigger`] expresses: tests, `demo --exit`.
    pub fn manual() -> Self {
        Self::default()
    }

    /// A wish that SIGTERM (service managers, containers) or SIGINT (Ctrl-C) expresses. Must be
    /// called inside a tokio runtime.
    ///
    /// # Errors
    /// When a signal handler cannot be installed.
    pub fn on_signals() -> io::Result<Self> {
        let shutdown = Self::default();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let wish = shutdown.clone();
        tokio::spawn(async move {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
                () = wish.requested() => return,
            };
            tracing::info!(signal = name, "stopping");
            wish.trigger();
        });
        Ok(shutdown)
    }

    /// Expresses the wish. Doing so twice changes nothing.
    pub fn trigger(&self) {
        self.0.cancel();
    }

    /// Whether the process should stop.
    pub fn is_requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits for the wish.
    pub async fn requested(&self) {
        self.0.cancelled().await;
    }

    /// The token behind it, for code that takes one.
    pub fn token(&self) -> CancellationToken {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_trigger_reaches_every_clone() {
        let shutdown = Shutdown::manual();
        let copy = shutdown.clone();
        assert!(!copy.is_requested());
        shutdown.trigger();
        shutdown.trigger();
        copy.requested().await;
        assert!(copy.token().is_cancelled());
    }

    #[tokio::test]
    async fn sigterm_requests_a_stop() {
        let shutdown = Shutdown::on_signals().unwrap();
        let own_id = std::process::id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-TERM", &own_id])
            .status()
            .unwrap();
        assert!(sent.success());
        shutdown.requested().await;
        assert!(shutdown.is_requested());
    }
}
