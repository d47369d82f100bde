//! Establishes facts when time runs out: overdue, missed, not reported in. Labels are for people.

use casework::windows;

use super::steps::{Apart, Step, Steps};

pub(super) const JOB: Steps = Steps {
    name: "mark_missed",
    each: &[
        Step::batch(|work, _, limit| windows::mark_overdue(work, limit)),
        Step {
            batch: |work, _, limit| windows::mark_missed(work, limit),
            apart: Some(Apart {
                due: windows::due_to_be_missed,
                act: windows::mark_these_missed,
            }),
        },
        Step::batch(|work, _, limit| casework::report_in::mark_overdue(work, limit)),
    ],
    next_due: &[storage::appointments::next_due, storage::cases::next_due],
};
