//! Opens the windows of appointments whose first day has come.

use super::steps::{Step, Steps};

pub(super) const JOB: Steps = Steps {
    name: "open_windows",
    each: &[Step::batch(|work, _, limit| {
        casework::windows::open_due(work, limit)
    })],
    next_due: &[storage::appointments::next_due],
};
