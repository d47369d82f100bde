//! Establishes facts when time runs out: overdue, missed, not reported in. Labels are for people.

use super::steps::Steps;

pub(super) const JOB: Steps = Steps {
    name: "mark_missed",
    each: &[
        |work, _, limit| casework::windows::mark_overdue(work, limit),
        |work, _, limit| casework::windows::mark_missed(work, limit),
        |work, _, limit| casework::report_in::mark_overdue(work, limit),
    ],
    next_due: &[storage::appointments::next_due, storage::cases::next_due],
};
