//! Reminds staff of escalations nobody looked at or handed over.

use super::steps::{Step, Steps};

pub(super) const JOB: Steps = Steps {
    name: "escalate",
    each: &[Step::batch(|work, _, limit| {
        casework::alerts::escalation_alerts_due(work, limit)
    })],
    next_due: &[storage::escalations::next_due],
};
