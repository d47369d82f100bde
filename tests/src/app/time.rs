//! Moving time, with the worker at work.

use chrono::{DateTime, Utc};
use platform::Clock;
use worker::JobReport;

use super::TestApp;

impl TestApp {
    /// Lets the worker do all it finds due, at the instant the clock stands at.
    pub async fn run_until_idle(&self) -> Vec<JobReport> {
        self.0.worker.run_until_idle().await.unwrap()
    }

    /// Moves the clock to `instant` as time would pass: it stops wherever a job has work, and the
    /// worker does it there.
    ///
    /// # Panics
    /// When a job claims to have work at an instant but does none there.
    pub async fn advance_to(&self, instant: DateTime<Utc>) -> Vec<JobReport> {
        assert!(instant >= self.now(), "{instant} lies in the past");
        let mut reports = self.run_until_idle().await;
        while let Some(next) = self.0.worker.next_due().await.unwrap() {
            let now = self.now();
            assert!(
                next > now,
                "a job is due at {next} and does nothing at {now}"
            );
            if next > instant {
                break;
            }
            self.0.clock.set(next);
            reports.extend(self.run_until_idle().await);
        }
        self.0.clock.set(instant);
        reports.extend(self.run_until_idle().await);
        reports
    }

    /// [`TestApp::advance_to`] midnight that begins a day (`2025-10-01`), or an instant
    /// (`2025-10-01T09:00`), as read on a clock in China.
    pub async fn advance(&self, local: &str) -> Vec<JobReport> {
        self.advance_to(china(local)).await
    }

    /// Puts the clock at an instant: workers are processes of their own.
    pub(crate) fn stand_at(&self, instant: DateTime<Utc>) {
        self.0.clock.set(instant);
    }

    /// The clock, for whoever lives in the same time.
    pub(crate) fn clock(&self) -> Clock {
        self.0.parts.clock.clone()
    }

    /// Moves the clock while no worker runs: an outage.
    pub fn outage_until(&self, local: &str) {
        self.0.clock.set(china(local));
    }
}

/// An instant written as read on a clock in China (UTC+8, no summer time): `2025-10-01` or
/// `2025-10-01T09:00`.
pub fn china(local: &str) -> DateTime<Utc> {
    let time = if local.contains('T') {
        ":00"
    } else {
        "T00:00:00"
    };
    format!("{local}{time}+08:00").parse().unwrap()
}
