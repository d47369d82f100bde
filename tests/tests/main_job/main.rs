//! The main job, from decision to escalation, through HTTP and the worker, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected fails where it met it"
)]

mod calendar;
mod escalation;
mod escalation_clock;
mod excuses;
mod flag_is_silent;
mod judged_again;
mod make_ups;
mod outage;
mod people;
mod skeleton;
mod test_records;
mod three_years;
