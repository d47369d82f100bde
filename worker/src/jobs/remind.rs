//! Plans the reminders whose turn has come, one message per step.

use super::steps::{Step, Steps};

pub(super) const JOB: Steps = Steps {
    name: "remind",
    each: &[
        Step::batch(casework::remind::plan_due),
        Step::batch(casework::remind::plan_report_in_due),
    ],
    next_due: &[storage::appointments::next_due, storage::cases::next_due],
};
